package dev.sandpiper.embed.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.testkit.Eventually;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What clients send, wherever they put it, does not reach the log of a node, not even at level debug. */
class SecretsInLogsTest {
    private static final String PAYLOAD = "a-payload-that-nobody-should-read-in-a-log";

    private final TestNode node = TestNode.shared();
    private final TestProject project = node.createProject();
    private final Api api = new Api(node, project.key());
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger ours = (Logger) LoggerFactory.getLogger("dev.sandpiper");

    @BeforeEach
    void listen() {
        log.start();
        ours.setLevel(Level.DEBUG);
        ours.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        ours.detachAppender(log);
        ours.setLevel(null);
    }

    @Test
    void neitherKeysInWrongPlacesNorPayloadsAreLogged() {
        String key = project.key();
        for (String path : List.of(
                "/v1/events?topic=a&api_key=" + key,
                "/v1/events?topic=a&since=" + key,
                "/v1/sse?topics=a&token=" + key,
                "/v1/poll?topics=a&ticket=" + key,
                "/v1/ws?token=" + key,
                "/v1/" + key,
                "/v1/" + key.replace("_", "%5F"),
                "/v1/admin/keys/" + key)) {
            Api.send(api.request(path).build());
        }
        Api.send(api.request("/v1/events").DELETE().header("X-Request-Id", key).build());
        Api.send(HttpRequest.newBuilder(node.http().resolve("/v1/events?topic=a"))
                .header("Authorization", "Basic " + key)
                .build());
        api.post("/v1/events", "{\"topic\":\"" + key + "\",\"data\":\"" + PAYLOAD + "\",\"api_key\":\"" + key + "\"}");
        api.post("/v1/events", "{\"topic\":\"a\",\"data\":\"" + PAYLOAD + "\" oops");
        api.post("/v1/events/batch", "[{\"topic\":\"a\",\"data\":\"" + PAYLOAD + "\"},{\"data\":\"" + PAYLOAD + "\"}]");
        assertThat(api.publish("a", PAYLOAD, "X-Request-Id", "the-last-one").statusCode())
                .isEqualTo(201);

        Eventually.await("all is logged", () -> lines().stream().anyMatch(line -> line.contains("the-last-one")));

        String secret = key.substring(key.lastIndexOf('_') + 1);
        assertThat(lines())
                .hasSizeGreaterThan(10)
                .allSatisfy(line -> assertThat(line).doesNotContain(secret).doesNotContain(PAYLOAD));
        assertThat(lines())
                .as("a request is told by its id, tenant and project")
                .anySatisfy(line -> assertThat(line)
                        .contains("request_id=\"the-last-one\"")
                        .contains("tenant=\"" + project.tenant().value() + "\"")
                        .contains("project=\"" + project.project().value() + "\""));
    }

    @Test
    void framesOfAWebSocketAreNotLogged() throws InterruptedException {
        String key = project.key();
        try (var socket = new FrameClient(node.ws(), key)) {
            socket.ask("{\"type\":\"message\",\"channel\":\"a\",\"data\":\"" + PAYLOAD + "\"", "error");
            socket.ask("{\"type\":\"" + PAYLOAD + "\",\"id\":\"" + key + "\"}", "error");
            socket.ask("{\"type\":\"auth\",\"id\":\"4\",\"token\":\"" + key.replace("sp_", "ps_") + "\"}", "error");
            socket.ask("{\"type\":\"subscribe\",\"id\":\"5\",\"channel\":\"a\",\"since\":\"" + key + "\"}", "error");
        }
        api.publish("a", 1, "X-Request-Id", "after-the-socket");
        Eventually.await("all is logged", () -> lines().stream().anyMatch(line -> line.contains("after-the-socket")));

        String secret = key.substring(key.lastIndexOf('_') + 1);
        assertThat(lines())
                .allSatisfy(line -> assertThat(line).doesNotContain(secret).doesNotContain(PAYLOAD));
    }

    private List<String> lines() {
        return new ArrayList<>(log.list)
                .stream()
                        .map(event -> event.getFormattedMessage()
                                + " "
                                + event.getKeyValuePairs()
                                + (event.getThrowableProxy() == null
                                        ? ""
                                        : ThrowableProxyUtil.asString(event.getThrowableProxy())))
                        .toList();
    }
}
