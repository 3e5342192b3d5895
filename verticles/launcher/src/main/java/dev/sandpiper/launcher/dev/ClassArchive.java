package dev.sandpiper.launcher.dev;

import dev.sandpiper.services.Folders;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Loaded classes, kept from one run of a node to the next, with which a node starts much faster. The JVM refuses an archive
 * of other jars and does not replace it, so its name tells which jars it belongs to.
 */
final class ClassArchive {
    private static final int KEPT = 4;

    private ClassArchive() {}

    /** @param keeps whether this JVM writes the archive when it ends and there was none */
    static List<String> options(boolean keeps) {
        Path folder = Folders.cache().resolve("classes");
        List<Path> jars = jars();
        if (jars.isEmpty() || !isWritable(folder)) {
            return List.of();
        }
        try {
            Path archive = folder.resolve("node-" + fingerprint(jars) + ".jsa");
            if (keeps) {
                prune(folder);
            } else if (!Files.exists(archive)) {
                return List.of();
            }
            List<String> options = new ArrayList<>(
                    List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:cds=off", "-Xlog:cds+dynamic=off"));
            if (keeps) {
                options.add("-XX:+AutoCreateSharedArchive");
            }
            return options;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot look into " + folder, e);
        }
    }

    /** Of the class path, with those that the launcher's manifest adds; none when classes come from folders. */
    private static List<Path> jars() {
        List<Path> jars = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (!entry.endsWith(".jar")) {
                return List.of();
            }
            Path jar = Path.of(entry).toAbsolutePath();
            jars.add(jar);
            File[] libraries = jar.resolveSibling("lib").toFile().listFiles((dir, name) -> name.endsWith(".jar"));
            if (libraries != null) {
                Stream.of(libraries).map(File::toPath).sorted().forEach(jars::add);
            }
        }
        return jars;
    }

    private static String fingerprint(List<Path> jars) throws IOException {
        long hash = Runtime.version().hashCode();
        for (Path jar : jars) {
            hash = hash * 31 + jar.hashCode();
            hash = hash * 31 + Files.size(jar);
            hash = hash * 31 + Files.getLastModifiedTime(jar).toMillis();
        }
        return Long.toHexString(hash);
    }

    /** Every build leaves one behind. */
    private static void prune(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> old = files.filter(file -> file.toString().endsWith(".jsa"))
                    .sorted(Comparator.comparing(ClassArchive::modified).reversed())
                    .skip(KEPT)
                    .toList();
            for (Path archive : old) {
                Files.deleteIfExists(archive);
            }
        }
    }

    private static FileTime modified(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            // Somebody else has just deleted it.
            return FileTime.fromMillis(0);
        }
    }

    private static boolean isWritable(Path folder) {
        File file = folder.toFile();
        return (file.isDirectory() || file.mkdirs()) && Files.isWritable(folder);
    }
}
