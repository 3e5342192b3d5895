package dev.sandpiper.services;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuardTest {
    @TempDir
    private Path folder;

    @Test
    void childrenEndWhenTheirJvmIsKilledOutright() throws Exception {
        Process parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        GuardedParent.class.getName(),
                        folder.resolve("log").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<ProcessHandle> children;
        try (BufferedReader output = parent.inputReader()) {
            children = Stream.of(output.readLine().split(" "))
                    .map(Long::valueOf)
                    .map(pid -> ProcessHandle.of(pid).orElseThrow())
                    .toList();
            assertThat(children).hasSize(3).allMatch(ProcessHandle::isAlive);
            parent.destroyForcibly().waitFor();
        }
        for (ProcessHandle child : children) {
            child.onExit().get(10, TimeUnit.SECONDS);
        }
        assertThat(children).noneMatch(ProcessHandle::isAlive);
    }

    @Test
    void aChildThatDoesNotEndWhenAskedIsKilled() throws IOException {
        ChildProcess stubborn = ChildProcess.start(new ChildSpec(
                List.of("sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done"),
                Map.of(),
                folder.resolve("log"),
                ChildSpec.Signal.TERM));
        while (!Files.readString(folder.resolve("log")).contains("ready")) {
            Thread.onSpinWait();
        }
        stubborn.stop(Duration.ofMillis(300));
        assertThat(stubborn.isAlive()).isFalse();
        assertThat(stubborn.exitCode()).isEqualTo(137);
    }

    @Test
    void aCommandThatDoesNotExistSaysSo() {
        Commands.Outcome outcome = Commands.run(Duration.ofSeconds(5), "no-such-command-anywhere");
        assertThat(outcome.exit()).isEqualTo(127);
        assertThat(outcome.text()).contains("no-such-command-anywhere");
    }
}
