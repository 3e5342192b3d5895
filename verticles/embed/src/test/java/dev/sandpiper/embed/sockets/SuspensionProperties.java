package dev.sandpiper.embed.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Scope;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/** Suspended tenants on a real node, among others that are served. */
class SuspensionProperties {
    private static @Nullable TestNode started;
    private static @Nullable TestProject suspended;
    private static @Nullable TestProject bystander;
    private static String operator = "";

    @BeforeContainer
    static void start() {
        TestNode node = TestNode.start(Map.of());
        started = node;
        suspended = node.createProject();
        TestProject other = node.createProject();
        bystander = other;
        operator = other.key(Scope.PLATFORM_OPERATE);
    }

    @AfterContainer
    static void stop() {
        node().close();
    }

    // **Feature: realtime-saas-platform, Property 10: Tenant suspension termination**
    @Property(tries = 100)
    void everySocketOfASuspendedTenantIsClosedAndNoOther(
            @ForAll @IntRange(min = 1, max = 4) int sockets, @ForAll @IntRange(max = 3) int topics) {
        TestProject tenant = Objects.requireNonNull(suspended);
        List<RawWebSocket> open = new ArrayList<>();
        for (int i = 0; i < sockets; i++) {
            RawWebSocket socket = RawWebSocket.connect(node().ws(), tenant.key());
            open.add(socket);
            for (int topic = 0; topic < topics; topic++) {
                socket.subscribe("topic-" + topic, null);
            }
        }
        try (RawWebSocket other = RawWebSocket.connect(
                node().ws(), Objects.requireNonNull(bystander).key())) {
            assertThat(decide("suspend").statusCode()).isEqualTo(200);

            open.forEach(socket -> assertThat(socket.closing().closeCode()).isEqualTo(4501));
            try (RawWebSocket again = RawWebSocket.handshake(node().ws(), tenant.key())) {
                assertThat(again.status()).isEqualTo(403);
            }
            assertThat(other.subscribe("a", null).getString("type")).isEqualTo("subscribed");

            assertThat(decide("resume").statusCode()).isEqualTo(200);
            try (RawWebSocket back = RawWebSocket.connect(node().ws(), tenant.key())) {
                assertThat(back.subscribe("topic-0", null).getString("type")).isEqualTo("subscribed");
            }
        } finally {
            open.forEach(RawWebSocket::close);
        }
    }

    private static HttpResponse<String> decide(String verb) {
        return RestClient.send(new RestClient(node(), operator)
                .request(
                        "/v1/admin/tenants/" + Objects.requireNonNull(suspended).tenant() + "/" + verb)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"reason\":\"a property\"}"))
                .build());
    }

    private static TestNode node() {
        return Objects.requireNonNull(started);
    }
}
