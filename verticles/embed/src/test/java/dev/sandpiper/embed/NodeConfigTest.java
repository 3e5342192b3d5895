package dev.sandpiper.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandpiper.runtime.config.InvalidSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NodeConfigTest {
    private static final String SECRET = "correct horse battery staple, twice over";

    private final Map<String, String> variables = new HashMap<>(Map.of(
            "SANDPIPER_SECRET", SECRET,
            "SANDPIPER_DATABASE_URL", "postgresql://sandpiper:hunter2@127.0.0.1:5432/sandpiper",
            "SANDPIPER_NATS_TOKEN", "nats-token-value"));

    @Test
    void twoSettingsAreEnough() {
        variables.remove("SANDPIPER_NATS_TOKEN");

        NodeConfig config = read();

        assertThat(config.general().roles()).containsExactlyInAnyOrder(Role.values());
        assertThat(config.general().eventLoops()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(config.management().host()).isEqualTo("127.0.0.1");
    }

    @Test
    void everythingThatIsWrongIsReportedAtOnce() {
        variables.put("SANDPIPER_SECRET", "short");
        variables.put("SANDPIPER_ROLES", "sockets,dancing");
        variables.put("SANDPIPER_HTTP_PORT", "http");
        variables.put("SANDPIPER_CLUSTER_PORT", "70000");
        variables.put("SANDPIPER_LOG_LEVEL", "loud");
        variables.put("SANDPIPER_NODE_ID", "no spaces, please");
        variables.put("SANDPIPER_HTTP_PROT", "8080");
        variables.remove("SANDPIPER_DATABASE_URL");

        assertThat(faults())
                .containsExactlyInAnyOrder(
                        "SANDPIPER_SECRET must have at least 32 characters",
                        "SANDPIPER_ROLES must be some of http, sockets, publisher and feed, not dancing",
                        "SANDPIPER_ROLES with sockets must have http too: it is what connections come in by",
                        "SANDPIPER_HTTP_PORT must be a whole number",
                        "SANDPIPER_CLUSTER_PORT must be from 1 to 65535",
                        "SANDPIPER_LOG_LEVEL must be one of [error, warn, info, debug, trace]",
                        "SANDPIPER_NODE_ID must be 1 to 63 characters of [A-Za-z0-9._-]",
                        "SANDPIPER_DATABASE_URL is required: where PostgreSQL is",
                        "SANDPIPER_HTTP_PROT is not a setting of Sandpiper");
    }

    @Test
    void aListenerNeedsAFeedToReadFrom() {
        variables.put("SANDPIPER_ROLES", "http,publisher");

        assertThat(faults())
                .containsExactly("SANDPIPER_ROLES with http must have feed too: it is where events are read");
    }

    @Test
    void variablesThatOthersReadAreNotFaults() {
        variables.put("SANDPIPER_KEY", "sp_live_…");

        assertThatThrownBy(this::read).isInstanceOf(InvalidSettings.class);
        NodeConfig.from(variables, Set.of("SANDPIPER_KEY"));
    }

    @Test
    void noSecretShows() {
        assertThat(read().toString())
                .doesNotContain(SECRET)
                .doesNotContain("hunter2")
                .doesNotContain("nats-token-value");
    }

    @Test
    void theKeyOfCursorsIsDerivedAndTheSameOnEveryNode() {
        byte[] key = DerivedSecrets.cursorKey(read().general().secret());

        assertThat(key)
                .hasSize(32)
                .isEqualTo(DerivedSecrets.cursorKey(read().general().secret()));
        variables.put("SANDPIPER_SECRET", SECRET + "!");
        assertThat(key).isNotEqualTo(DerivedSecrets.cursorKey(read().general().secret()));
    }

    private NodeConfig read() {
        return NodeConfig.from(variables, Set.of());
    }

    private List<String> faults() {
        try {
            read();
        } catch (InvalidSettings e) {
            return e.faults();
        }
        throw new AssertionError("nothing was found wrong");
    }
}
