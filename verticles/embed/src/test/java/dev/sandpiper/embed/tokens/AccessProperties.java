package dev.sandpiper.embed.tokens;

import static dev.sandpiper.embed.tokens.Users.channels;
import static dev.sandpiper.embed.tokens.Users.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Scope;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

/** Whoever asks, by key or by token, on a real node: what is not theirs stays out of reach. */
class AccessProperties {
    private static final AtomicInteger TOPICS = new AtomicInteger();

    /** Two tenants with two projects each. */
    private static final List<Users> PROJECTS = projects();

    private static List<Users> projects() {
        TestNode node = TestNode.shared();
        List<Users> projects = new ArrayList<>();
        for (int tenant = 0; tenant < 2; tenant++) {
            TestProject main = node.createProject();
            projects.add(new Users(node, main));
            projects.add(new Users(node, main.sibling("second")));
        }
        return projects;
    }

    /** How somebody proves who they are. */
    enum Proof {
        KEY,
        TOKEN
    }

    private static String credential(Users users, Proof proof) {
        return proof == Proof.KEY ? users.project.key() : users.token("alice", 600);
    }

    private static JsonObject event(String topic, Object data) {
        return new JsonObject().put("topic", topic).put("data", data);
    }

    // **Feature: realtime-saas-platform, Property 3: Tenant isolation enforcement**
    @Property(tries = 100)
    void everyProjectSeesItsOwnEventsAndNoOthers(
            @ForAll @Size(min = 1, max = 6) List<@IntRange(max = 3) Integer> publishers,
            @ForAll Proof writers,
            @ForAll Proof readers) {
        String topic = "shared-name-" + TOPICS.incrementAndGet();
        List<List<Integer>> expected =
                List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        String cursor = "";
        for (int i = 0; i < publishers.size(); i++) {
            Users users = PROJECTS.get(publishers.get(i));
            var answer = users.ask(
                    credential(users, writers),
                    "POST",
                    "/v1/events",
                    event(topic, i).encode());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
            cursor = new JsonObject(answer.body()).getString("cursor");
            expected.get(publishers.get(i)).add(i);
        }
        int last = publishers.getLast();
        for (int p = 0; p < PROJECTS.size(); p++) {
            Users users = PROJECTS.get(p);
            String reader = credential(users, readers);
            JsonArray messages = new JsonObject(users.ask(reader, "GET", "/v1/events?topic=" + topic, "")
                            .body())
                    .getJsonArray("messages");
            assertThat(messages.stream()
                            .map(message -> ((JsonObject) message).getInteger("data"))
                            .toList())
                    .as("project " + p)
                    .isEqualTo(expected.get(p));
            String resumed = outcome(users.ask(reader, "GET", "/v1/events?topic=" + topic + "&since=" + cursor, ""));
            assertThat(resumed)
                    .as("a cursor of project " + last + " in " + p)
                    .isEqualTo(p == last ? "200" : "INVALID_CURSOR");
        }
    }

    /** What is missing, and how an attempt without it is refused. */
    enum Lack {
        SCOPE_OF_A_KEY("INSUFFICIENT_SCOPE"),
        SCOPE_OF_A_TOKEN("INSUFFICIENT_SCOPE"),
        CAPABILITY("CHANNEL_NOT_ALLOWED"),
        CHANNEL("CHANNEL_NOT_ALLOWED"),
        VALIDITY("INVALID_TOKEN");

        private final String code;

        Lack(String code) {
            this.code = code;
        }

        String credential(Users users, String topic) {
            return switch (this) {
                case SCOPE_OF_A_KEY -> users.project.key(Scope.EVENTS_SUBSCRIBE);
                case SCOPE_OF_A_TOKEN -> users.sign(users.claims("alice").put("scope", "events:subscribe"));
                case CAPABILITY -> users.token("alice", channels(topic, "subscribe,history,presence"));
                case CHANNEL -> users.token("alice", channels(topic + "?", "publish"));
                case VALIDITY -> users.token("alice", -1);
            };
        }
    }

    /** A way to publish. */
    enum Way {
        REST("/v1/events"),
        TRANSACTION("/v1/events/transaction"),
        BATCH("/v1/events/batch"),
        SOCKET("");

        private final String path;

        Way(String path) {
            this.path = path;
        }

        /** The code of the refusal. */
        String attempt(Users users, String credential, String topic) {
            JsonObject event = event(topic, 1);
            return switch (this) {
                case REST -> outcome(users.ask(credential, "POST", path, event.encode()));
                case TRANSACTION -> outcome(users.ask(credential, "POST", path, "[" + event.encode() + "]"));
                case BATCH -> {
                    var answer = users.ask(credential, "POST", path, "[" + event.encode() + "]");
                    yield answer.statusCode() == 200
                            ? new JsonObject(answer.body())
                                    .getJsonArray("results")
                                    .getJsonObject(0)
                                    .getJsonObject("error")
                                    .getString("code")
                            : outcome(answer);
                }
                case SOCKET -> {
                    try (var socket = new UserSocket(users.node, credential)) {
                        yield socket.refusal(new JsonObject()
                                .put("type", "message")
                                .put("channel", topic)
                                .put("data", 1));
                    }
                }
            };
        }
    }

    // **Feature: realtime-saas-platform, Property 4: Permission-based rejection**
    @Property(tries = 100)
    void whoLacksThePermissionToPublishIsToldSoAndNothingIsStored(
            @ForAll Lack lack,
            @ForAll Way way,
            @ForAll @IntRange(max = 3) int project,
            @ForAll @AlphaChars @StringLength(min = 1, max = 12) String name) {
        Users users = PROJECTS.get(project);
        String topic = name + ":" + TOPICS.incrementAndGet();
        // A handshake with a bad credential is refused before there is any frame.
        Way possible = lack == Lack.VALIDITY && way == Way.SOCKET ? Way.REST : way;
        assertThat(possible.attempt(users, lack.credential(users, topic), topic))
                .isEqualTo(lack.code);
        JsonObject page = new JsonObject(users.ask(users.project.key(), "GET", "/v1/events?topic=" + topic, "")
                .body());
        assertThat(page.getJsonArray("messages")).isEmpty();
    }
}
