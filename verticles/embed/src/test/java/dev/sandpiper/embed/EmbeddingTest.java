package dev.sandpiper.embed;

import static dev.sandpiper.embed.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.runtime.events.StartPosition;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What an application of somebody else's does with the public API. */
class EmbeddingTest {
    @Test
    void anApplicationPublishesFromItsOwnRoutesAndListensInItsOwnVertx() throws Exception {
        Vertx vertx = Vertx.vertx();
        Sandpiper node = await(Sandpiper.builder()
                .config(config(Map.of("ROLES", "publisher,feed")))
                .deploy(vertx));
        TestProject project = TestProject.create(node.keys());
        Received received = Received.on(node, project, "orders", new StartPosition.Live());
        var shop = new Shop(node, project);
        await(vertx.deployVerticle(shop));

        HttpResponse<Void> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + shop.port + "/buy"))
                                .POST(HttpRequest.BodyPublishers.ofString("{\"item\":7}"))
                                .build(),
                        HttpResponse.BodyHandlers.discarding());

        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(received.data(1)).containsExactly("{\"item\":7}");
        assertThat(node.httpPort()).isZero();
        await(node.shutdown());
        await(vertx.close());
    }

    @Test
    void endingTheNodeLeavesTheApplicationRunning() {
        Vertx vertx = Vertx.vertx();
        Sandpiper node = await(Sandpiper.builder().config(config(Map.of())).deploy(vertx));
        assertThat(vertx.deploymentIDs()).isNotEmpty();

        await(node.shutdown());

        assertThat(vertx.deploymentIDs()).isEmpty();
        assertThat(await(vertx.executeBlocking(() -> "alive"))).isEqualTo("alive");
        await(vertx.close());
    }

    @Test
    void aNodeWithoutAFeedSaysSo() {
        Vertx vertx = Vertx.vertx();
        Sandpiper node = await(
                Sandpiper.builder().config(config(Map.of("ROLES", "publisher"))).deploy(vertx));

        assertThatThrownBy(node::feed)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a node without the role feed reads no events");
        await(node.shutdown());
        await(vertx.close());
    }

    private static NodeConfig config(Map<String, String> overrides) {
        return NodeConfig.from(TestNode.settings(overrides), Set.of());
    }

    /** Turns every order into an event. */
    private static final class Shop extends VerticleBase {
        private final Sandpiper node;
        private final TestProject project;
        private volatile int port;

        Shop(Sandpiper node, TestProject project) {
            this.node = node;
            this.project = project;
        }

        @Override
        public Future<HttpServer> start() {
            return vertx.createHttpServer()
                    .requestHandler(request -> request.body()
                            .compose(body -> node.publisher().publish(order(body.toString())))
                            .onSuccess(receipt ->
                                    request.response().setStatusCode(204).end())
                            .onFailure(failure ->
                                    request.response().setStatusCode(500).end()))
                    .listen(0, "127.0.0.1")
                    .onSuccess(server -> port = server.actualPort());
        }

        private PublishCommand order(String json) {
            return new PublishCommand(
                    project.tenant(),
                    project.project(),
                    new Topic("orders"),
                    "order-placed",
                    json.getBytes(StandardCharsets.UTF_8),
                    null,
                    null,
                    "shop",
                    DeliveryClass.DURABLE);
        }
    }
}
