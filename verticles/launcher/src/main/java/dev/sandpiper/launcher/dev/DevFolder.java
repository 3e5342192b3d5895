package dev.sandpiper.launcher.dev;

import dev.sandpiper.launcher.cli.CommandFailure;
import dev.sandpiper.services.Folders;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * What {@code dev} keeps between runs: {@code sandpiper.json} (secret and keys), {@code postgres/}, {@code nats/} and {@code
 * logs/}. One run at a time; the lock goes with the process.
 */
final class DevFolder implements AutoCloseable {
    private static final String STATE = "sandpiper.json";
    private static final List<String> CONTENT = List.of("postgres", "nats", "logs", "processes", STATE);

    private final Path root;
    private final FileChannel lock;

    private DevFolder(Path root, FileChannel lock) {
        this.root = root;
        this.lock = lock;
    }

    /** @throws CommandFailure when it cannot be used, saying what to do */
    static DevFolder open(Path data, boolean fresh) {
        Path root = data.toAbsolutePath().normalize();
        if (Files.exists(root.resolve("PG_VERSION"))) {
            throw CommandFailure.of(
                    root + " is the data folder of another PostgreSQL; choose another folder with --data");
        }
        Folders.create(root);
        DevFolder folder = new DevFolder(root, lock(root));
        folder.processes().awaitFormer();
        if (fresh) {
            folder.empty();
        }
        return folder;
    }

    private static FileChannel lock(Path root) {
        try {
            FileChannel channel =
                    FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                channel.close();
                throw CommandFailure.of("Another `sandpiper dev` uses " + root
                        + "; stop that one, or choose another folder with --data");
            }
            return channel;
        } catch (AccessDeniedException e) {
            throw CommandFailure.of(
                    "There is no permission to write to " + root + "; choose a folder that you own with --data");
        } catch (IOException e) {
            throw CommandFailure.of(
                    "The folder " + root + " cannot be used: " + e.getMessage() + "; choose another one with --data");
        }
    }

    /** Only what is known to be ours. */
    private void empty() {
        boolean ours = Files.exists(root.resolve(STATE));
        for (String name : CONTENT) {
            Path entry = root.resolve(name);
            if (!ours && Files.exists(entry) && !name.equals("processes")) {
                throw CommandFailure.of(
                        root + " has a " + name + " that was not made by `sandpiper dev`, so --fresh does"
                                + " not delete it; choose another folder with --data");
            }
        }
        CONTENT.forEach(name -> Folders.delete(root.resolve(name)));
    }

    Path root() {
        return root;
    }

    Path postgres() {
        return root.resolve("postgres");
    }

    Path nats() {
        return root.resolve("nats");
    }

    Path logs() {
        return Folders.create(root.resolve("logs"));
    }

    DevProcesses processes() {
        return new DevProcesses(root.resolve("processes"));
    }

    /** Empty when nothing was kept yet. */
    JsonObject state() {
        try {
            return new JsonObject(Files.readString(root.resolve(STATE)));
        } catch (NoSuchFileException e) {
            return new JsonObject();
        } catch (IOException e) {
            throw CommandFailure.of("There is no permission to read " + root.resolve(STATE)
                    + "; choose a folder that you own with --data");
        } catch (DecodeException e) {
            throw CommandFailure.of(root.resolve(STATE) + " is damaged; start once with --fresh");
        }
    }

    /** Readable by its owner only: it holds keys. */
    void keep(JsonObject state) {
        try {
            Path unfinished = root.resolve(STATE + ".new");
            Files.deleteIfExists(unfinished);
            Files.createFile(
                    unfinished, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(unfinished, state.encodePrettily() + "\n");
            Files.move(unfinished, root.resolve(STATE), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw CommandFailure.of("The state cannot be written to " + root + ": " + e.getMessage());
        }
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot release the lock of " + root, e);
        }
    }
}
