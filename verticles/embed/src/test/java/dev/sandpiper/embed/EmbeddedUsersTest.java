package dev.sandpiper.embed;

import static dev.sandpiper.embed.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandpiper.domain.ChannelAccess;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.Scope;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** An application that checks its users itself. */
class EmbeddedUsersTest {
    @Test
    void theApplicationSaysWhoItIs() {
        Vertx vertx = Vertx.vertx();
        var project = new TestProject[1];
        Sandpiper node = await(Sandpiper.builder()
                .config(NodeConfig.from(TestNode.settings(Map.of("ROLES", "publisher,feed")), Set.of()))
                .authentication("shop", credential -> switch (credential) {
                    case "session-1" ->
                        Future.succeededFuture(Optional.of(new UserAuthentication.User(
                                project[0].tenant(),
                                project[0].project(),
                                "alice",
                                Set.of(Scope.EVENTS_PUBLISH, Scope.ADMIN_WRITE),
                                ChannelAccess.ALL,
                                Instant.now(),
                                Instant.now().plusSeconds(60))));
                    case "broken" -> throw new IllegalStateException("the session store is away");
                    default -> Future.succeededFuture(Optional.empty());
                })
                .deploy(vertx));
        project[0] = TestProject.create(node.keys());

        Principal alice = await(node.authenticator().authenticate("shop~session-1"));
        assertThat(alice.sender()).isEqualTo("alice");
        assertThat(alice.tenant()).isEqualTo(project[0].tenant());
        assertThat(alice.scopes()).containsExactly(Scope.EVENTS_PUBLISH);
        assertThat(node.authenticator().believes(alice)).isTrue();
        assertFails(node, "shop~session-2", "INVALID_TOKEN");
        assertFails(node, "shop~broken", "ISSUER_UNAVAILABLE");
        assertFails(node, "market~session-1", "INVALID_TOKEN");
        await(node.shutdown());
        await(vertx.close());
    }

    @Test
    void aNameIsShortAndUsedOnce() {
        UserAuthentication nobody = credential -> Future.succeededFuture(Optional.empty());
        var builder = Sandpiper.builder().authentication("a", nobody);
        for (String bad : new String[] {"a", "", "A", "0123456789abcdef", "sixteen-letters-", "x~y"}) {
            assertThatThrownBy(() -> builder.authentication(bad, nobody)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static void assertFails(Sandpiper node, String credential, String code) {
        assertThatThrownBy(() -> await(node.authenticator().authenticate(credential)))
                .isInstanceOf(PlatformException.class)
                .extracting(failure -> ((PlatformException) failure).error().code())
                .isEqualTo(code);
    }
}
