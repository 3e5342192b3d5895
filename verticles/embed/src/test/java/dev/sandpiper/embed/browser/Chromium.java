package dev.sandpiper.embed.browser;

import dev.sandpiper.services.ChildProcess;
import dev.sandpiper.services.ChildSpec;
import dev.sandpiper.services.Folders;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A headless Chromium with a profile of its own that shows one page. It ends with the test's JVM at the latest. */
final class Chromium implements AutoCloseable {
    private final ChildProcess process;
    private final Path folder;

    private Chromium(ChildProcess process, Path folder) {
        this.process = process;
        this.folder = folder;
    }

    /** The program of that name on the PATH. */
    static Optional<Path> find(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> Path.of(entry, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static Chromium show(Path program, String url) throws IOException {
        Path folder = Files.createTempDirectory(
                Folders.create(Path.of("target/browser").toAbsolutePath()), "profile-");
        List<String> command = List.of(
                program.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-proxy-server",
                "--remote-debugging-port=0",
                "--user-data-dir=" + folder.resolve("profile"),
                url);
        return new Chromium(
                ChildProcess.start(
                        new ChildSpec(command, Map.of(), folder.resolve("chromium.log"), ChildSpec.Signal.TERM)),
                folder);
    }

    /** What it said on its own output. */
    String log() throws IOException {
        return Files.readString(folder.resolve("chromium.log"));
    }

    @Override
    public void close() {
        List<ProcessHandle> helpers = ProcessHandle.of(process.pid()).stream()
                .flatMap(ProcessHandle::descendants)
                .toList();
        process.stop(Duration.ofSeconds(5));
        helpers.forEach(ProcessHandle::destroyForcibly);
        helpers.forEach(helper -> helper.onExit().join());
        Folders.delete(folder);
    }
}
