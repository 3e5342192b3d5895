package dev.sandpiper.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.testkit.Eventually;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Does what the documents tell a newcomer to do, word for word, and looks for what they name. */
class DocumentationTest {
    private static final Path ROOT = Path.of("../..");
    private static final Pattern SHELL = Pattern.compile("^```sh\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern SETTING = Pattern.compile("SANDPIPER_[A-Z]+(_[A-Z]+)*");
    private static final Pattern METRIC = Pattern.compile("`(sandpiper_[a-z_]+)`");
    private static final Pattern QUERIED = Pattern.compile("\\b(?:sandpiper|jvm|process)_[a-z_]+(?=\\{)");

    /** Appear with the first failure, the first collection. */
    private static final List<String> LATER = List.of("sandpiper_publisher_failed_total", "jvm_gc_pause_seconds_sum");

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)");

    /** Read by the command line and its script, not by nodes. */
    private static final List<String> OF_THE_COMMAND_LINE = List.of(
            "SANDPIPER_URL", "SANDPIPER_KEY", "SANDPIPER_OPERATOR_KEY", "SANDPIPER_JAVA_HOME", "SANDPIPER_JAVA_OPTS");

    @TempDir
    private static Path folder;

    private static Dev dev;
    private static String cursor;

    /** What stands between the fences, and where. */
    record Block(Path file, String script) {
        /** Ends only when it is told to. */
        boolean goesOn() {
            return script.contains("curl -sN") || script.contains("./sandpiper subscribe");
        }

        @Override
        public String toString() {
            return ROOT.relativize(file) + ": " + script.lines().findFirst().orElse("");
        }
    }

    @BeforeAll
    static void start() throws Exception {
        dev = Dev.start(Cli.in(folder), folder.resolve("data"));
        // What the script at the root does, without its build.
        Path command = Files.writeString(
                folder.resolve("sandpiper"),
                "#!/bin/sh\nexec '%s' -XX:TieredStopAtLevel=1 -cp '%s' dev.sandpiper.launcher.Main \"$@\"\n"
                        .formatted(
                                Path.of(System.getProperty("java.home"), "bin", "java"),
                                System.getProperty("java.class.path")));
        assertThat(command.toFile().setExecutable(true)).isTrue();
        cursor = new JsonObject(publish("chat:lobby").out()).getString("cursor");
    }

    @AfterAll
    static void stop() {
        dev.close();
    }

    static List<Block> blocks() {
        return Stream.concat(
                        Stream.of(ROOT.resolve("docs/getting-started.md"), ROOT.resolve("docs/operate/audit.md")),
                        markdown(ROOT.resolve("docs/guides")))
                .flatMap(file -> SHELL.matcher(read(file)).results().map(found -> new Block(file, found.group(1))))
                .filter(block -> !block.script().startsWith("./sandpiper dev"))
                .filter(block -> !block.script().startsWith("export "))
                .toList();
    }

    @Test
    void thereIsSomethingToRun() {
        assertThat(blocks()).hasSizeGreaterThan(12).anyMatch(Block::goesOn);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("blocks")
    void everyCommandDoesWhatItIsThereFor(Block block) throws Exception {
        Path output = Files.createTempFile(folder, "output", ".txt");
        Process process = bash(block.script().replace("CURSOR", cursor), output);
        try {
            if (block.goesOn()) {
                Eventually.await("an event arrives: " + block, Duration.ofSeconds(20), () -> {
                    publish("orders");
                    publish("chat:lobby");
                    return read(output).contains("\"type\":\"message\"") || !process.isAlive();
                });
                assertThat(read(output)).contains("\"type\":\"message\"");
            } else {
                assertThat(process.waitFor(30, TimeUnit.SECONDS))
                        .as(block.toString())
                        .isTrue();
                assertThat(process.exitValue())
                        .as("%s%n%s", block, read(output))
                        .isZero();
            }
            assertThat(read(output)).isNotBlank().doesNotContain("\"error\"");
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    @Test
    void everySettingThatIsNamedExists() {
        String configuration = read(ROOT.resolve("docs/operate/configuration.md"));
        for (Path file : documents()) {
            assertThat(SETTING.matcher(read(file)).results().map(MatchResult::group))
                    .as(file.toString())
                    .allMatch(name -> OF_THE_COMMAND_LINE.contains(name)
                            || configuration.contains("`" + name)
                            // A family of settings, as in SANDPIPER_CLUSTER_*.
                            || read(file).contains(name + "_*"));
        }
    }

    @Test
    void everyMetricThatIsNamedExists() throws Exception {
        List<String> named = METRIC.matcher(read(ROOT.resolve("docs/operate/health.md")))
                .results()
                .map(found -> found.group(1))
                .toList();
        String metrics = metrics();
        assertThat(named)
                .hasSizeGreaterThan(8)
                .filteredOn(name -> !LATER.contains(name))
                .allMatch(name -> metrics.contains("\n" + name));
    }

    @Test
    void everyMetricOfTheDashboardExists() throws Exception {
        // Some appear with the first frame, the first delivery.
        publish("chat:lobby");
        assertThat(dev.client()
                        .run("subscribe", "chat:lobby", "--since=" + cursor, "--count=1")
                        .exitCode())
                .isZero();
        List<String> queried = QUERIED.matcher(read(ROOT.resolve("docs/operate/dashboards/sandpiper.json")))
                .results()
                .map(MatchResult::group)
                .distinct()
                .toList();
        String metrics = metrics();
        assertThat(queried)
                .hasSizeGreaterThan(30)
                .filteredOn(name -> !LATER.contains(name))
                .allMatch(name -> metrics.contains("\n" + name + "{") || metrics.contains("\n" + name + " "));
    }

    private static String metrics() throws Exception {
        Path output = Files.createTempFile(folder, "metrics", ".txt");
        String management =
                dev.announcement().getJsonArray("nodes").getJsonObject(0).getString("management");
        assertThat(bash("curl -sf " + management + "/metrics", output).waitFor())
                .isZero();
        return read(output);
    }

    @Test
    void everyLinkLeadsToAFile() {
        for (Path file : documents()) {
            assertThat(LINK.matcher(read(file)).results().map(found -> found.group(1)))
                    .as(file.toString())
                    .allMatch(target -> Files.exists(file.resolveSibling(target)));
        }
    }

    private static Cli.Outcome publish(String topic) {
        return dev.client().run("publish", topic, "{}");
    }

    private static Process bash(String script, Path output) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("bash", "-e", "-o", "pipefail", "-c", script)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(dev.client().environment());
        builder.environment().put("SANDPIPER_OPERATOR_KEY", dev.announcement().getString("operator_key"));
        return builder.start();
    }

    private static List<Path> documents() {
        return Stream.concat(Stream.of(ROOT.resolve("README.md")), markdown(ROOT.resolve("docs")))
                .toList();
    }

    private static Stream<Path> markdown(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".md")).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
