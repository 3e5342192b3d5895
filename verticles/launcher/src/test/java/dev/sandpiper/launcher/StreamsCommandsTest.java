package dev.sandpiper.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.launcher.Cli.Outcome;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code streams}, as an operator uses it. */
class StreamsCommandsTest {
    @TempDir
    private static Path folder;

    private static Dev dev;

    @BeforeAll
    static void start() {
        Cli cli = Cli.in(folder)
                .with("SANDPIPER_CELLS", "2")
                .with("SANDPIPER_CELLS_SETTLE", "0s")
                .with("SANDPIPER_CELLS_SWEEP", "1s");
        dev = Dev.start(cli, folder.resolve("data"));
    }

    @AfterAll
    static void stop() {
        dev.close();
    }

    private static Outcome run(String... arguments) {
        Outcome outcome = dev.operator().run(arguments);
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        return outcome;
    }

    @Test
    void streamsAreListedCountedPurgedCheckedAndLeft() {
        String tenant = dev.announcement().getString("tenant");
        String project = dev.announcement().getString("project");
        for (int i = 0; i < 3; i++) {
            assertThat(dev.client()
                            .run("publish", "orders", "{\"n\":" + i + "}")
                            .exitCode())
                    .isZero();
        }
        assertThat(dev.client().run("publish", "drafts.a", "1").exitCode()).isZero();
        assertThat(run("streams", "list").out()).contains("STREAM", "EVENTS ", "EVENTS-1");
        assertThat(new JsonObject(run("streams", "list", "--json").out()).getJsonArray("items"))
                .hasSize(2);
        assertThat(run("streams", "usage", "--all").out()).containsPattern(tenant + " +4 ");
        assertThat(run("streams", "usage").out()).containsPattern("\\(all\\) +4 ");
        assertThat(run("streams", "purge", project, "--topics", "drafts.*", "--dry-run")
                        .out())
                .contains("no");
        Outcome unconfirmed = dev.operator().run("streams", "purge", project, "--topics", "drafts.*");
        assertThat(unconfirmed.exitCode()).isEqualTo(1);
        assertThat(unconfirmed.err()).contains("Nothing was purged");
        assertThat(new JsonObject(run("streams", "purge", project, "--topics", "drafts.*", "--yes", "--json")
                                .out())
                        .getLong("events"))
                .isEqualTo(1);
        assertThat(run("streams", "check").out()).contains("yes");
        assertThat(run("streams", "check", "--last").out()).contains("yes");

        assertThat(run("streams", "tenants").out()).containsPattern(tenant + " +EVENTS");
        assertThat(run("streams", "add", tenant, "--storage", "memory", "--max-age", "30d")
                        .out())
                .isEqualTo("EVENTS-64\n");
        Outcome moved = run("streams", "move", tenant, "EVENTS-64");
        assertThat(moved.out()).startsWith(tenant + " ").contains("EVENTS-64");
        assertThat(run("streams", "tenants").out()).containsPattern(tenant + " +EVENTS-64");
        assertThat(run("streams", "moves").out()).containsPattern(tenant + " +EVENTS.* EVENTS-64 ");
        Outcome again = dev.operator().run("streams", "move", tenant, "EVENTS-64");
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.err()).contains("MOVE_REFUSED");
    }

    @Test
    void retentionIsShownSetHeldAndReleased() {
        JsonObject set =
                new JsonObject(run("retention", "set", "--project", "demo", "--max-age", "30d", "--max-events", "9")
                        .out());
        assertThat(set.getString("max_age")).isEqualTo("30d");
        assertThat(new JsonObject(run("retention", "show", "--project", "demo").out()).getLong("max_events"))
                .isEqualTo(9);
        assertThat(new JsonObject(run("retention", "set", "--project", "demo", "--no-limits")
                                .out())
                        .getValue("max_events"))
                .isNull();
        assertThat(dev.operator().run("retention", "set").exitCode()).isEqualTo(2);

        String id = new JsonObject(run("retention", "hold", "--topics", "contracts.*", "--reason", "case 4711")
                        .out())
                .getString("id");
        assertThat(run("retention", "holds").out()).contains("TOPICS", "contracts.*", "case 4711");
        assertThat(run("retention", "release", id).err()).contains("Released");
        assertThat(run("retention", "holds", "--json").out()).isEmpty();
        Outcome again = dev.operator().run("retention", "release", id);
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.err()).contains("RESOURCE_NOT_FOUND");
        assertThat(dev.client().run("retention", "show").err()).contains("INSUFFICIENT_SCOPE");
    }
}
