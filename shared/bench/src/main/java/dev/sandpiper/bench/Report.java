package dev.sandpiper.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run found.
 *
 * @param seconds from its start to its end, warm-up included
 * @param results by name; null values and missing names are what a failed run did not get to, or what needs the server's cost
 * @param server null when neither a process id nor a metrics address was given
 * @param failed why the run does not count, null when it does
 */
public record Report(
        String scenario,
        String protocol,
        Map<String, Object> parameters,
        Instant started,
        double seconds,
        Map<String, @Nullable Object> results,
        @Nullable ServerCost server,
        Verified verified,
        @Nullable String failed) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** One line. */
    public String json() {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("scenario", scenario);
        all.put("protocol", protocol);
        all.put("parameters", parameters);
        all.put("started", started.toString());
        all.put("seconds", seconds);
        all.put("results", results);
        all.put("server", server == null ? null : cost(server));
        all.put("verified", account());
        if (failed != null) {
            all.put("failed", failed);
        }
        try {
            return JSON.writeValueAsString(all);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A report holds nothing but strings and numbers", e);
        }
    }

    private static Map<String, Object> cost(ServerCost server) {
        Map<String, Object> cost = new LinkedHashMap<>();
        cost.put("cpu_micros", server.cpuMicros());
        cost.put("rss_kb_before", server.rssKbBefore());
        cost.put("rss_kb_after", server.rssKbAfter());
        return cost;
    }

    private Map<String, Object> account() {
        Map<String, Object> account = new LinkedHashMap<>();
        account.put("expected", verified.expected());
        account.put("received", verified.received());
        account.put("lost", verified.lost());
        account.put("repeated", verified.repeated());
        account.put("reordered", verified.reordered());
        return account;
    }

    /** For a person: a line for each figure, then the account. */
    public String table() {
        StringBuilder text = new StringBuilder();
        text.append("%s, %s, %.1f s%n".formatted(scenario, protocol, seconds));
        results.forEach((name, value) -> row(text, name, value));
        if (server != null) {
            cost(server).forEach((name, value) -> row(text, "server " + name, value));
        }
        account().forEach((name, value) -> row(text, "messages " + name, value));
        return text.toString();
    }

    private static void row(StringBuilder text, String name, @Nullable Object value) {
        if (value instanceof Iterable<?> rows) {
            rows.forEach(each -> row(text, name, each));
            return;
        }
        String shown = switch (value) {
            case null -> "-";
            case Map<?, ?> columns -> columns.toString().replaceAll("[{}]", "");
            default -> value.toString();
        };
        text.append("  %-28s %s%n".formatted(name.replace('_', ' '), shown));
    }
}
