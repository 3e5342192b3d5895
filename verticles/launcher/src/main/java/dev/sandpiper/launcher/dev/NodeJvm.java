package dev.sandpiper.launcher.dev;

import dev.sandpiper.services.Folders;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How {@code dev} runs the JVM of a node: the same JDK and classes as this one, small and quick to start. */
final class NodeJvm {
    private NodeJvm() {}

    /** @param keepsArchive whether this JVM may write the archive of loaded classes; one at a time should */
    static List<String> command(boolean keepsArchive) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:MaxRAMPercentage=25", "-XX:+ExitOnOutOfMemoryError"));
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-Dsun.stderr.encoding=UTF-8"));
        // What Netty and Hazelcast reach for; the jar's manifest says the same for those who run the jar.
        command.addAll(List.of(
                "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                "--add-opens=java.management/sun.management=ALL-UNNAMED",
                "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED"));
        command.addAll(archive(keepsArchive));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        return command;
    }

    /** Loaded classes from the run before start a node in half the time; the JVM makes a new archive when classes changed. */
    private static List<String> archive(boolean keeps) {
        boolean jarsOnly = List.of(System.getProperty("java.class.path").split(File.pathSeparator)).stream()
                .allMatch(entry -> entry.endsWith(".jar"));
        Path folder = Folders.cache().resolve("classes");
        if (!jarsOnly || !isWritable(folder)) {
            return List.of();
        }
        Path archive = folder.resolve("node-" + Runtime.version().feature() + ".jsa");
        List<String> options =
                new ArrayList<>(List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:cds=off", "-Xlog:cds+dynamic=off"));
        if (keeps) {
            options.add("-XX:+AutoCreateSharedArchive");
        } else if (!Files.exists(archive)) {
            return List.of();
        }
        return options;
    }

    private static boolean isWritable(Path folder) {
        File file = folder.toFile();
        return (file.isDirectory() || file.mkdirs()) && Files.isWritable(folder);
    }
}
