package dev.sandpiper.perf.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** Everything that was measured so far, in memory and, at once, in a folder. Safe for use by several threads. */
public final class Results {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final List<Entry> entries = new CopyOnWriteArrayList<>();
    private final List<String> failures = new CopyOnWriteArrayList<>();

    public Results(Path folder) {
        this.folder = folder;
    }

    public Path folder() {
        return folder;
    }

    public void add(Entry entry) {
        entries.add(entry);
        ObjectNode document = JSON.createObjectNode()
                .put("name", entry.scenario())
                .put("target", entry.target())
                .put("repetition", entry.repetition())
                .put("command", entry.command())
                .set("report", entry.report());
        String name = "%s-%s-%d.json".formatted(entry.scenario(), entry.target(), entry.repetition());
        Path file = folder.resolve(name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.@-]+", "-"));
        try {
            JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), document);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file, e);
        }
    }

    public void failed(String what) {
        failures.add(what);
    }

    /** One sentence for each scenario that did not come to its end. */
    public List<String> failures() {
        return List.copyOf(failures);
    }

    /** Of a scenario, in the order in which they were measured first. */
    List<String> targets(String scenario) {
        return of(scenario).map(Entry::target).distinct().toList();
    }

    /** Of a target's reports; empty when none has the figure. */
    OptionalDouble median(String scenario, String target, String pointer) {
        return median(of(scenario)
                .filter(entry -> entry.target().equals(target))
                .map(entry -> entry.report().at(pointer))
                .filter(JsonNode::isNumber)
                .mapToDouble(JsonNode::asDouble)
                .sorted()
                .toArray());
    }

    /** Names of scenarios that are one step of a series, {@code series@step}. */
    List<String> steps(String series) {
        return entries.stream()
                .map(Entry::scenario)
                .filter(name -> name.startsWith(series + "@"))
                .distinct()
                .toList();
    }

    Optional<Entry> first(String scenario, String target) {
        return of(scenario).filter(entry -> entry.target().equals(target)).findFirst();
    }

    private Stream<Entry> of(String scenario) {
        return entries.stream().filter(entry -> entry.scenario().equals(scenario));
    }

    private static OptionalDouble median(double[] sorted) {
        int n = sorted.length;
        if (n == 0) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of((sorted[(n - 1) / 2] + sorted[n / 2]) / 2);
    }
}
