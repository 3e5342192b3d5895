package dev.sandpiper.perf.faults.report;

import dev.sandpiper.perf.faults.load.Verdict;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The figures of one fault, and whatever was not as promised. For one thread. */
public final class Finding {
    private final Map<String, Object> figures = new LinkedHashMap<>();
    private final List<String> broken = new ArrayList<>();

    /** @param name as it stands in the table, with its unit if it has one */
    public Finding figure(String name, Object value) {
        figures.put(name, value);
        return this;
    }

    /** In seconds. */
    public Finding figure(String name, Duration value) {
        return figure(name, Math.round(value.toMillis() / 10.0) / 100.0);
    }

    /** @param promise a sentence that says what ought to have been, and what was */
    public Finding require(boolean kept, String promise) {
        if (!kept) {
            broken.add(promise);
        }
        return this;
    }

    /** @param promised how long it may take */
    public Finding atMost(String name, Duration value, Duration promised) {
        figure(name + ", s", value);
        return require(
                value.compareTo(promised) <= 0,
                name + " is at most " + seconds(promised) + ", and was " + seconds(value));
    }

    /** What every verdict shows, and that nothing promised was broken. */
    public Finding of(Verdict verdict) {
        figure("acknowledged", verdict.acknowledged());
        figure("delivered", verdict.delivered());
        figure("lost, repeated or reordered", verdict.violations().size());
        figure(
                "refused",
                verdict.refusals().isEmpty() ? "none" : verdict.refusals().toString());
        broken.addAll(verdict.violations());
        require(
                verdict.statuses().keySet().stream().allMatch(List.of(0, 201, 503, 507)::contains),
                "answers are 201, 503 or 507, and were " + verdict.statuses());
        return this;
    }

    /** Likewise, when there are several. */
    public Finding of(String part, Verdict verdict) {
        Finding own = new Finding().of(verdict);
        own.figures.forEach((name, value) -> figure(part + ": " + name, value));
        own.broken.forEach(sentence -> broken.add(part + ": " + sentence));
        return this;
    }

    public Map<String, Object> figures() {
        return Map.copyOf(figures);
    }

    /** Sentences; empty when all was as promised. */
    public List<String> broken() {
        return List.copyOf(broken);
    }

    JsonObject json() {
        var values = new JsonObject();
        figures.forEach(values::put);
        return new JsonObject()
                .put("kept", broken.isEmpty())
                .put("figures", values)
                .put("broken", new JsonArray(broken));
    }

    /** Figures for a cell of a table. */
    String text() {
        List<String> parts = new ArrayList<>();
        figures.forEach((name, value) -> {
            int comma = name.lastIndexOf(", ");
            boolean unit = comma > 0 && comma > name.length() - 6;
            String shown = value instanceof Number number && !(value instanceof Double)
                    ? String.format(Locale.ROOT, "%,d", number.longValue())
                    : value.toString();
            parts.add(
                    unit
                            ? name.substring(0, comma) + " " + shown + " " + name.substring(comma + 2)
                            : name + " " + shown);
        });
        return String.join("; ", parts);
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1_000.0);
    }
}
