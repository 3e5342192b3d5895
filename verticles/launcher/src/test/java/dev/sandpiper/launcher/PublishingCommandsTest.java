package dev.sandpiper.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.launcher.Cli.Outcome;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Preconditions, transactions, times to live and events for later from a terminal. */
class PublishingCommandsTest {
    @TempDir
    private static Path folder;

    private static Dev dev;

    @BeforeAll
    static void start() {
        dev = Dev.start(Cli.in(folder), folder.resolve("data"));
    }

    @AfterAll
    static void stop() {
        dev.close();
    }

    @Test
    void aConditionIsKeptOrSaysSo() {
        Outcome first = run("publish", "accounts:7", "1", "--if-last-cursor=");
        assertThat(first.exitCode()).as(first.err()).isZero();
        Outcome conflict = run("publish", "accounts:7", "2", "--if-last-cursor=");
        assertThat(conflict.exitCode()).isEqualTo(1);
        assertThat(conflict.err()).contains("CURSOR_CONFLICT");
        String cursor = new JsonObject(first.out()).getString("cursor");
        assertThat(run("publish", "accounts:7", "2", "--if-last-cursor=" + cursor)
                        .exitCode())
                .isZero();
    }

    @Test
    void headersAreGivenOneByOneAndShown() {
        Outcome stored = run("publish", "urgent", "1", "--header", "priority=high", "--header", "where=a=b größer");
        assertThat(stored.exitCode()).as(stored.err()).isZero();
        Outcome shown = run("subscribe", "urgent", "--last=1", "--count=1", "--filter=headers.priority == 'high'");
        assertThat(new JsonObject(shown.out()).getJsonObject("headers"))
                .isEqualTo(new JsonObject().put("priority", "high").put("where", "a=b größer"));
        Outcome refused = run("publish", "urgent", "1", "--header", "Priority=high");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("INVALID_HEADERS", "/headers/Priority");
        assertThat(run("publish", "urgent", "1", "--header", "priority").exitCode())
                .isEqualTo(2);
    }

    @Test
    void aTransactionIsStoredAsAWholeAndOnceForItsKey() {
        String events = "{\"topic\":\"a\",\"data\":1}\n{\"topic\":\"b\",\"data\":2}\n";
        Outcome stored = dev.client().runWithInput(events, "transaction", "--key=t1");
        assertThat(stored.exitCode()).as(stored.err()).isZero();
        assertThat(stored.lines()).hasSize(2).allMatch(line -> line.contains("\"duplicate\":false"));
        Outcome again = dev.client().runWithInput(events, "transaction", "--key=t1");
        assertThat(again.lines()).hasSize(2).allMatch(line -> line.contains("\"duplicate\":true"));
        Outcome refused =
                dev.client().runWithInput("{\"topic\":\"a\",\"data\":1}\n{\"topic\":\"\",\"data\":2}\n", "transaction");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.out()).isEmpty();
        assertThat(refused.err()).contains("INVALID_TOPIC");
    }

    @Test
    void anEventForLaterIsListedShownCancelledAndAnotherOnePublished() {
        Instant time = Instant.now().plus(Duration.ofHours(1));
        Outcome agreed = run("publish", "reminders", "{\"n\":1}", "--deliver-at=" + time, "--key=r1", "--ttl=1h");
        assertThat(agreed.exitCode()).as(agreed.err()).isZero();
        String id = new JsonObject(agreed.out()).getString("id");
        Outcome table = run("schedule", "list");
        assertThat(table.out()).startsWith("ID").contains(id, "waiting", "reminders");
        List<String> lines = run("schedule", "list", "--json").lines();
        assertThat(lines).anyMatch(line -> new JsonObject(line).getString("id").equals(id));
        JsonObject shown = new JsonObject(run("schedule", "show", id).out());
        assertThat(shown.getJsonObject("data")).isEqualTo(new JsonObject().put("n", 1));
        assertThat(run("schedule", "cancel", id).exitCode()).isZero();
        assertThat(run("schedule", "cancel", id).err()).contains("RESOURCE_NOT_FOUND");
        assertThat(run("schedule", "list").out()).doesNotContain(id);

        Outcome soon =
                run("publish", "reminders", "2", "--deliver-at=" + Instant.now().plusSeconds(4));
        assertThat(soon.exitCode()).as(soon.err()).isZero();
        String second = new JsonObject(soon.out()).getString("id");
        Eventually.await(
                "it is published",
                Duration.ofSeconds(60),
                () -> new JsonObject(run("schedule", "show", second).out())
                        .getString("state")
                        .equals("published"));
        assertThat(run("publish", "reminders", "3", "--deliver-at=2001-01-01T00:00:00Z")
                        .err())
                .contains("deliver_at");
    }

    private static Outcome run(String... arguments) {
        return dev.client().run(arguments);
    }
}
