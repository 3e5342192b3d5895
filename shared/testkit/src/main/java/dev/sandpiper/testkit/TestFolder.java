package dev.sandpiper.testkit;

import dev.sandpiper.services.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where test services keep what they store: below {@code target}, deleted when the JVM ends. */
final class TestFolder {
    private TestFolder() {}

    static Path create(String name) {
        Path target = Path.of("target").toAbsolutePath();
        try {
            if (Files.isDirectory(target)) {
                return Files.createTempDirectory(Folders.create(target.resolve("services")), name + "-");
            }
            return Files.createTempDirectory("sandpiper-" + name + "-");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make a folder for a test", e);
        }
    }

    /** When the JVM ends: first {@code stop}, then the folder goes. */
    static void deleteAtExit(Path folder, Runnable stop) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            stop.run();
                            Folders.delete(folder);
                        },
                        "test-service-stop"));
    }
}
