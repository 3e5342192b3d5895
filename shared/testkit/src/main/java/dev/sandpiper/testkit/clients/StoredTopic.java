package dev.sandpiper.testkit.clients;

import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.history.Entry;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a topic back, page by page, from its first event. The events must be strings. A server that has lost its event store a
 * moment ago is asked again.
 */
public final class StoredTopic {
    private static final Pattern DATA = Pattern.compile("\"data\":\"([^\"\\\\]*)\"");
    private static final Pattern CURSOR = Pattern.compile("\"cursor\":\"([^\"\\\\]*)\"");

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private StoredTopic() {}

    public static List<Entry> read(URI server, String key, String topic) {
        List<Entry> entries = new ArrayList<>();
        String since = "";
        try (var client = new KeepAlive(server, key, PATIENCE)) {
            boolean more = true;
            while (more) {
                String path = "/v1/events?limit=1000&topic=" + encode(topic) + since;
                Answer page = Eventually.get(
                        "a page of " + topic, PATIENCE, () -> client.get(path), answer -> answer.status() != 503);
                if (page.status() != 200 || !page.body().contains("\"recovered\":true")) {
                    throw new AssertionError("The topic cannot be read back: " + page.status() + " "
                            + page.body().substring(0, Math.min(500, page.body().length())));
                }
                String next = entriesOf(page.body(), entries);
                since = "&since=" + encode(next);
                more = page.body().contains("\"more\":true");
            }
        }
        return entries;
    }

    /** @return the page's own cursor, which stands after those of its events */
    private static String entriesOf(String page, List<Entry> entries) {
        Matcher data = DATA.matcher(page);
        Matcher cursor = CURSOR.matcher(page);
        while (cursor.find()) {
            if (!data.find()) {
                return cursor.group(1);
            }
            entries.add(new Entry(data.group(1), cursor.group(1)));
        }
        throw new AssertionError("A page without a cursor: " + page);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
