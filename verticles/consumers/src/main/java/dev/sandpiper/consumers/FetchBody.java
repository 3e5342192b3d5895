package dev.sandpiper.consumers;

import dev.sandpiper.protocol.StrictJson;
import java.time.Duration;

/**
 * The body of {@code POST /consumers/{name}/fetch}: {@code {batch?, wait?}}; it may be empty.
 *
 * @param patience the {@code wait}
 */
record FetchBody(int batch, Duration patience) {
    static final int MAX_BATCH = 1_000;
    private static final int BATCH = 10;
    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final Duration MAX_WAIT = Duration.ofSeconds(60);

    static FetchBody parse(byte[] body) {
        int batch = BATCH;
        Duration patience = WAIT;
        if (body.length > 0) {
            try (StrictJson json = StrictJson.read(body, 0, body.length)) {
                json.beginObject();
                for (String member = json.nextMember(); member != null; member = json.nextMember()) {
                    switch (member) {
                        case "batch" -> batch = Members.wholeNumber(json, member);
                        case "wait" -> patience = Members.duration(member, json.string(member));
                        default -> throw Members.unknown(member);
                    }
                }
                json.end();
            }
        }
        if (batch < 1 || batch > MAX_BATCH) {
            throw Members.fault("batch", "must be from 1 to " + MAX_BATCH);
        }
        if (patience.compareTo(MAX_WAIT) > 0) {
            throw Members.fault("wait", "must be at most 60s");
        }
        return new FetchBody(batch, patience);
    }
}
