package dev.sandpiper.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Keeps the alert rules in {@code docs/operate/alerts} such that Prometheus reads them and finds what they ask for. */
class AlertRulesTest {
    private static final Path OPERATE = Path.of("../../docs/operate");
    private static final Pattern METRIC = Pattern.compile("\\bsandpiper_[a-z_]+");
    private static final Pattern SETTING = Pattern.compile("SANDPIPER_[A-Z_]+");

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(OPERATE.resolve("alerts"))) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyRuleIsCompleteAndNamesWhatThereIs(Path file) throws IOException {
        String metrics = Files.readString(OPERATE.resolve("metrics.md"));
        String settings = Files.readString(OPERATE.resolve("configuration.md"));
        Map<?, ?> document = new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
        for (Object group : list(document, "groups")) {
            assertThat(((Map<?, ?>) group).get("name")).isInstanceOf(String.class);
            for (Object rule : list((Map<?, ?>) group, "rules")) {
                check((Map<?, ?>) rule, metrics, settings);
            }
        }
    }

    private static List<?> list(Map<?, ?> of, String name) {
        return of.get(name) instanceof List<?> list && !list.isEmpty() ? list : fail("there are no " + name);
    }

    private static void check(Map<?, ?> rule, String metrics, String settings) {
        String text = rule.toString();
        assertThat(rule.get("alert")).as(text).asString().matches("Sandpiper[A-Za-z]+");
        assertThat(rule.get("labels")).as(text).asString().contains("severity=");
        assertThat(rule.get("annotations")).as(text).asString().contains("summary=", "description=");
        assertThat(METRIC.matcher(String.valueOf(rule.get("expr"))).results().map(MatchResult::group))
                .as(text)
                .isNotEmpty()
                .allMatch(name -> metrics.contains("| `" + name.replaceAll("_(bucket|sum|count)$", "") + "` |"));
        assertThat(SETTING.matcher(text).results().map(MatchResult::group))
                .as(text)
                .allMatch(name -> settings.contains("| `" + name + "` |"));
    }
}
