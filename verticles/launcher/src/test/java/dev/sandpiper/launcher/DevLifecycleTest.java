package dev.sandpiper.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.launcher.Cli.Outcome;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevLifecycleTest {
    @TempDir
    private Path folder;

    @Test
    void stoppedInOrderItLeavesNoProcessAndTheNextStartShowsTheSameKey() throws Exception {
        Cli cli = Cli.in(folder);
        String key;
        String cursor;
        try (Dev dev = Dev.start(cli, folder.resolve("data"))) {
            key = dev.key();
            cursor = new JsonObject(dev.client().run("publish", "kept", "1").out()).getString("cursor");
            dev.client().run("publish", "kept", "2");
            List<ProcessHandle> family = dev.family();
            assertThat(family).hasSizeGreaterThan(3);

            Outcome outcome = dev.terminate();
            assertThat(outcome.exitCode()).isEqualTo(130);
            Dev.awaitEnd(family);
        }
        try (Dev dev = Dev.start(cli, folder.resolve("data"))) {
            assertThat(dev.key()).isEqualTo(key);
            Outcome missed = dev.client().run("subscribe", "kept", "--since=" + cursor, "--count=1");
            assertThat(missed.out()).contains("\"data\":2");
        }
    }

    @Test
    void killedOutrightItLeavesNoProcessAndAFreshStartHasAnotherKey() throws Exception {
        Cli cli = Cli.in(folder);
        Dev killed = Dev.start(cli, folder.resolve("data"));
        List<ProcessHandle> family = killed.family();
        assertThat(family).hasSizeGreaterThan(3);
        killed.kill();
        try (Dev dev = Dev.start(cli, folder.resolve("data"), "--fresh")) {
            assertThat(dev.key()).isNotEqualTo(killed.key());
            Dev.awaitEnd(family);
        }
    }
}
