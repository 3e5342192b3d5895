package dev.sandpiper.perf.faults.servers;

import dev.sandpiper.services.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A file system in memory that is soon full, which only root can make. Closing it takes it away. */
public final class SmallDisk implements AutoCloseable {
    private final Path folder;

    private SmallDisk(Path folder) {
        this.folder = folder;
    }

    /** @return empty where one may not be made */
    public static Optional<SmallDisk> mount(int megabytes) {
        try {
            Path folder = Files.createTempDirectory("sandpiper-disk-");
            if (run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", folder.toString())) {
                var disk = new SmallDisk(folder);
                // After Ctrl-C too, nothing is left.
                Runtime.getRuntime().addShutdownHook(new Thread(disk::close, "disk-unmount"));
                return Optional.of(disk);
            }
            Files.delete(folder);
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make a folder", e);
        }
    }

    /** As an operator does when it is full. */
    public static void enlarge(Path folder) {
        if (!run("mount", "-o", "remount,size=1g", folder.toString())) {
            throw new IllegalStateException(folder + " cannot be made larger");
        }
    }

    public Path folder() {
        return folder;
    }

    @Override
    public void close() {
        if (!Files.exists(folder)) {
            return;
        }
        if (!run("umount", folder.toString()) && !run("umount", "-l", folder.toString())) {
            throw new IllegalStateException(folder + " cannot be unmounted");
        }
        Folders.delete(folder);
    }

    private static boolean run(String... command) {
        try {
            return new ProcessBuilder(List.of(command))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while a disk was mounted", e);
        }
    }
}
