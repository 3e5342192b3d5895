package dev.sandpiper.services;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** Folders: the cache, and making, moving and deleting them. */
public final class Folders {
    private Folders() {}

    /** {@code $XDG_CACHE_HOME/sandpiper}, by default {@code ~/.cache/sandpiper}. It need not exist. */
    public static Path cache() {
        String xdg = System.getenv("XDG_CACHE_HOME");
        if (xdg != null && xdg.startsWith("/")) {
            return Path.of(xdg, "sandpiper");
        }
        return Path.of(System.getProperty("user.home"), ".cache", "sandpiper");
    }

    /** @throws ServiceFailure when that is not possible */
    public static Path create(Path folder) {
        try {
            return Files.createDirectories(folder);
        } catch (FileAlreadyExistsException e) {
            throw new ServiceFailure(folder + " is a file, not a folder; name another one", e);
        } catch (AccessDeniedException e) {
            throw new ServiceFailure(
                    "There is no permission to write to " + folder + "; name a folder that you own", e);
        } catch (IOException e) {
            throw new ServiceFailure("The folder " + folder + " cannot be made: " + e, e);
        }
    }

    /** Deletes the folder with all that is in it; fine when there is none. Links are not followed. */
    public static void delete(Path folder) {
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                    if (e instanceof NoSuchFileException) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw e;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e) throws IOException {
                    if (e != null) {
                        throw e;
                    }
                    Files.deleteIfExists(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (AccessDeniedException e) {
            throw new ServiceFailure("There is no permission to delete " + e.getFile(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot delete " + folder, e);
        }
    }

    /** Gives a finished folder or file its place; when another process was faster, that one's stays. */
    static void moveIntoPlace(Path finished, Path place) throws IOException {
        try {
            Files.move(finished, place, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(finished, place);
        } catch (IOException e) {
            if (!Files.exists(place)) {
                throw e;
            }
            delete(finished);
        }
    }
}
