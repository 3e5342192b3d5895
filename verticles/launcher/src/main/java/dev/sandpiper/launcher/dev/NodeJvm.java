package dev.sandpiper.launcher.dev;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How {@code dev} runs the JVM of a node: the same JDK and classes as this one, small and quick to start. */
final class NodeJvm {
    /** The first Java version that has them for production use. */
    private static final int COMPACT_HEADERS = 25;

    private NodeJvm() {}

    /** @param keepsArchive whether this JVM may write the archive of loaded classes; one at a time should */
    static List<String> command(boolean keepsArchive) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:MaxRAMPercentage=25", "-XX:+ExitOnOutOfMemoryError"));
        if (Runtime.version().feature() >= COMPACT_HEADERS) {
            // Smaller objects: most of what an idle connection costs is objects.
            command.add("-XX:+UseCompactObjectHeaders");
        }
        command.add("--enable-native-access=ALL-UNNAMED");
        // What Netty and Hazelcast reach for; the jar's manifest says the same for those who run the jar.
        command.addAll(List.of(
                "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                "--add-opens=java.management/sun.management=ALL-UNNAMED",
                "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED"));
        command.addAll(ClassArchive.options(keepsArchive));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        return command;
    }
}
