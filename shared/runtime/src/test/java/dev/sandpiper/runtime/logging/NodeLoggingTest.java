package dev.sandpiper.runtime.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class NodeLoggingTest {
    private final LoggerContext context = new LoggerContext();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @BeforeEach
    void prepare() {
        context.setMDCAdapter(new LogbackMDCAdapter());
    }

    @Test
    void aLineIsOneJsonObjectWithTheNodeAndTheKeys() {
        NodeLogging.configure(context, false, LogLevel.INFO, "node-1", out);

        log("dev.sandpiper.test").atInfo().addKeyValue("tenant", "acme").log("line\nbroken");

        JsonObject line = new JsonObject(lines().getFirst());
        assertThat(line.getString("message")).isEqualTo("line\nbroken");
        assertThat(line.getString("node")).isEqualTo("node-1");
        assertThat(line.getString("tenant")).isEqualTo("acme");
        assertThat(line.getString("level")).isEqualTo("INFO");
        assertThat(line.getString("logger")).isEqualTo("dev.sandpiper.test");
        assertThat(line.getString("timestamp")).endsWith("Z");
    }

    @Test
    void textIsForPeopleAndShowsTheKeysToo() {
        NodeLogging.configure(context, true, LogLevel.INFO, "node-1", out);

        log("dev.sandpiper.Test").atInfo().addKeyValue("tenant", "acme").log("hello");

        assertThat(lines().getFirst()).contains("INFO").contains("Test").contains("hello tenant=acme");
    }

    @Test
    void theLevelIsForOurOwnLinesAndLibrariesStayQuiet() {
        NodeLogging.configure(context, false, LogLevel.DEBUG, "node-1", out);

        log("dev.sandpiper.test").debug("ours");
        log("com.hazelcast.internal").info("theirs");
        log("io.netty.channel").info("theirs");
        log("com.hazelcast.internal").warn("important");

        assertThat(lines()).hasSize(2).noneMatch(line -> line.contains("theirs"));
    }

    private Logger log(String name) {
        return context.getLogger(name);
    }

    private List<String> lines() {
        context.stop();
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
