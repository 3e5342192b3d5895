package dev.sandpiper.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script at the root, as far as it comes before Java. */
class ScriptTest {
    @TempDir
    private Path folder;

    @Test
    void aJavaHomeWithoutJavaIsASentence() throws Exception {
        assertRefused(folder, "has no bin/java");
    }

    @Test
    void anOldJavaIsASentence() throws Exception {
        Path bin = Files.createDirectory(folder.resolve("bin"));
        Path java = Files.writeString(bin.resolve("java"), "#!/bin/sh\nexit 9\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Files.writeString(folder.resolve("release"), "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"17.0.1\"\n");
        assertRefused(folder, "is Java 17; point it to a JDK 21 or newer");
    }

    private static void assertRefused(Path javaHome, String words) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(Path.of("../../sandpiper").toAbsolutePath().toString(), "version");
        builder.environment().put("SANDPIPER_JAVA_HOME", javaHome.toString());
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(output).startsWith("sandpiper: ").contains(words).contains("SANDPIPER_JAVA_HOME");
    }
}
