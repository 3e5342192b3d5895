package dev.sandpiper.perf.servers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A whole installation of one or more nodes, by {@code ./sandpiper dev}, with data of its own that end with it. */
public final class DevServer implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(3);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Child child;
    private final Path data;
    private final JsonNode announcement;
    private final Duration age;

    private DevServer(Child child, Path data, JsonNode announcement) {
        this.child = child;
        this.data = data;
        this.announcement = announcement;
        this.age = new Proc(node(0).pid()).age();
    }

    /** @param pid of its JVM */
    public record Node(String url, String management, long pid) {}

    public static DevServer start(int nodes) throws InterruptedException {
        Path data = temporaryFolder();
        int port = Ports.free(2 * nodes);
        Child child = Child.start(
                "sandpiper",
                List.of(
                        "./sandpiper",
                        "dev",
                        "--json",
                        "--nodes=" + nodes,
                        "--port=" + port,
                        "--management-port=" + (port + nodes),
                        "--data=" + data),
                Map.of());
        try {
            child.awaitReady(START, () -> child.printed().endsWith("\n"));
            return new DevServer(child, data, JSON.readTree(child.printed()));
        } catch (JsonProcessingException e) {
            child.close();
            throw new UncheckedIOException("dev printed something else", e);
        } catch (IllegalStateException e) {
            child.close();
            throw e;
        }
    }

    public List<Node> nodes() {
        List<Node> nodes = new ArrayList<>();
        for (JsonNode node : announcement.path("nodes")) {
            nodes.add(new Node(
                    node.path("url").asText(),
                    node.path("management").asText(),
                    node.path("pid").asLong()));
        }
        return nodes;
    }

    public Node node(int index) {
        return nodes().get(index);
    }

    /** How old the first node's process was when everything was ready. */
    public Duration startedWithin() {
        return age;
    }

    public String natsUrl() {
        return announcement.path("nats").path("url").asText();
    }

    String postgresUrl() {
        return announcement.path("postgres").path("url").asText();
    }

    public String key() {
        return announcement.path("key").asText();
    }

    String operatorKey() {
        return announcement.path("operator_key").asText();
    }

    /** How the node's JVM was started: program and flags, without class path, archives and main class. */
    public List<String> jvm() {
        Proc proc = new Proc(node(0).pid());
        List<String> line = proc.commandLine();
        List<String> jvm = new ArrayList<>(List.of(proc.program().toString()));
        line.stream()
                .skip(1)
                .takeWhile(word -> word.startsWith("-") && !word.equals("-cp") && !word.equals("-jar"))
                .filter(word -> !word.contains("SharedArchive") && !word.startsWith("-Xlog") && !word.contains("AOT"))
                .forEach(jvm::add);
        return jvm;
    }

    /** A program of the JDK on which the nodes run. */
    public String tool(String name) {
        return new Proc(node(0).pid()).program().resolveSibling(name).toString();
    }

    @Override
    public void close() {
        child.close();
        try (Stream<Path> files = Files.walk(data)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot empty " + data, e);
        }
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("sandpiper-perf");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
