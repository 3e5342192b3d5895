package dev.sandpiper.runtime.logging;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import net.logstash.logback.encoder.LogstashEncoder;
import net.logstash.logback.fieldnames.LogstashFieldNames;
import org.slf4j.LoggerFactory;

/**
 * Sets Logback up for a node. Lines go to standard error, so that standard output stays free for answers, and by way of a
 * queue: an event loop never waits for whoever reads the log. When the queue is full, lines are dropped.
 */
public final class NodeLogging {
    private static final String TEXT = "%d{HH:mm:ss.SSS} %highlight(%-5level) %cyan(%logger{0}) %msg %kvp{NONE}%n%ex";
    private static final int QUEUE = 8_192;
    private static final Path STDERR = Path.of("/proc/self/fd/2");

    /** Libraries that say too much at the level that suits our own lines. */
    private static final Map<String, Level> QUIET = Map.of(
            "com.hazelcast", Level.WARN,
            "com.hazelcast.cp.CPSubsystem", Level.ERROR,
            "com.hazelcast.system.logo", Level.OFF,
            "io.netty", Level.WARN,
            "io.vertx", Level.WARN,
            "io.nats", Level.WARN,
            "liquibase", Level.WARN);

    private NodeLogging() {}

    /** Logs to standard error from now on, whatever was set up before. */
    public static void configure(LogConfig config, String nodeId) {
        boolean text = switch (config.format()) {
            case TEXT -> true;
            case JSON -> false;
            case AUTO -> isTerminal();
        };
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        configure(context, text, config.level(), nodeId, System.err);
    }

    /** Writes out what is queued; nothing is logged after this. */
    public static void stop() {
        ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
    }

    static void configure(LoggerContext context, boolean text, LogLevel level, String nodeId, OutputStream target) {
        context.reset();
        context.setName("sandpiper");
        var output = new OutputStreamAppender<ILoggingEvent>();
        output.setContext(context);
        output.setName("stderr");
        output.setEncoder(text ? text(context) : json(context, nodeId));
        output.setOutputStream(target);
        output.start();
        var queue = new AsyncAppender();
        queue.setContext(context);
        queue.setName("queue");
        queue.setQueueSize(QUEUE);
        queue.setNeverBlock(true);
        queue.addAppender(output);
        queue.start();
        var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        root.addAppender(queue);
        context.getLogger("dev.sandpiper").setLevel(Level.valueOf(level.name()));
        QUIET.forEach((name, quiet) -> context.getLogger(name).setLevel(quiet));
    }

    /** Whether standard error is a terminal, which Java itself can tell of all three streams together only. Linux only. */
    private static boolean isTerminal() {
        try {
            String target = Files.readSymbolicLink(STDERR).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException e) {
            // Nobody can tell: the form for machines is the safe one.
            return false;
        }
    }

    private static Encoder<ILoggingEvent> text(LoggerContext context) {
        var encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(TEXT);
        encoder.start();
        return encoder;
    }

    private static Encoder<ILoggingEvent> json(LoggerContext context, String nodeId) {
        var names = new LogstashFieldNames();
        names.setTimestamp("timestamp");
        names.setLogger("logger");
        names.setThread("thread");
        names.setVersion("[ignore]");
        names.setLevelValue("[ignore]");
        var encoder = new LogstashEncoder();
        encoder.setContext(context);
        encoder.setFieldNames(names);
        encoder.setTimeZone("UTC");
        encoder.setCustomFields("{\"node\":\"" + nodeId + "\"}");
        encoder.start();
        return encoder;
    }
}
