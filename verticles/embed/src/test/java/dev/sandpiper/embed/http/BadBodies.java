package dev.sandpiper.embed.http;

import static dev.sandpiper.embed.http.BadRequest.bad;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What can be wrong with the body of a publish request. */
final class BadBodies {
    private static final String EVENTS = "/v1/events";
    private static final String BATCH = "/v1/events/batch";
    private static final int LIMIT = 131_072;

    private final Api api;

    BadBodies(Api api) {
        this.api = api;
    }

    List<BadRequest> table() {
        List<BadRequest> table = new ArrayList<>();
        table.addAll(bodies());
        table.addAll(binaries());
        table.addAll(batches());
        return table;
    }

    /** An event whose payload has one byte more than is allowed, its quotes included. */
    static String oversized() {
        return "{\"topic\":\"t\",\"data\":\"" + "x".repeat(LIMIT - 1) + "\"}";
    }

    private List<BadRequest> bodies() {
        String deep = "[".repeat(64) + "]".repeat(64);
        return List.of(
                json("an empty body", "", 400, "INVALID_JSON"),
                json("broken JSON", "{\"topic\":\"t\",\"data\":", 400, "INVALID_JSON"),
                json("a comma too many", "{\"topic\":\"t\",\"data\":1,}", 400, "INVALID_JSON"),
                json("something after the JSON", "{\"topic\":\"t\",\"data\":1}{}", 400, "INVALID_JSON"),
                json("a number that is none", "{\"topic\":\"t\",\"data\":NaN}", 400, "INVALID_JSON"),
                json("an array", "[]", 400, "INVALID_REQUEST"),
                json("a member twice", "{\"topic\":\"t\",\"topic\":\"t\",\"data\":1}", 400, "DUPLICATE_MEMBER"),
                json(
                        "a member twice within the payload",
                        "{\"topic\":\"t\",\"data\":{\"a\":1,\"a\":1}}",
                        400,
                        "DUPLICATE_MEMBER"),
                json("deep nesting", "{\"topic\":\"t\",\"data\":" + deep + "}", 400, "NESTING_TOO_DEEP"),
                json("an unknown member", "{\"topic\":\"t\",\"dta\":1}", 400, "INVALID_PARAMETER"),
                json("no topic", "{\"data\":1}", 400, "INVALID_PARAMETER"),
                json("no data", "{\"topic\":\"t\"}", 400, "INVALID_PARAMETER"),
                json("data and payload", "{\"topic\":\"t\",\"data\":1,\"payload\":1}", 400, "INVALID_PARAMETER"),
                json("a topic that is no string", "{\"topic\":7,\"data\":1}", 400, "INVALID_PARAMETER"),
                json("an unknown class", "{\"topic\":\"t\",\"data\":1,\"class\":\"best\"}", 400, "INVALID_PARAMETER"),
                json(
                        "exactly-once without a key",
                        "{\"topic\":\"t\",\"data\":1,\"class\":\"exactly-once\"}",
                        400,
                        "INVALID_PARAMETER"),
                json("an empty event name", "{\"topic\":\"t\",\"data\":1,\"event\":\"\"}", 400, "INVALID_PARAMETER"),
                json(
                        "an endless event name",
                        "{\"topic\":\"t\",\"data\":1,\"event\":\"" + "e".repeat(129) + "\"}",
                        400,
                        "INVALID_PARAMETER"),
                json(
                        "an endless key",
                        "{\"topic\":\"t\",\"data\":1,\"key\":\"" + "k".repeat(257) + "\"}",
                        400,
                        "INVALID_PARAMETER"),
                json("an empty topic", "{\"topic\":\"\",\"data\":1}", 400, "INVALID_TOPIC"),
                json("a topic with white space", "{\"topic\":\"a b\",\"data\":1}", 400, "INVALID_TOPIC"),
                json("a topic with a wildcard", "{\"topic\":\"a.*\",\"data\":1}", 400, "INVALID_TOPIC"),
                json("a topic with another wildcard", "{\"topic\":\"a.>\",\"data\":1}", 400, "INVALID_TOPIC"),
                json("a topic with a control character", "{\"topic\":\"a\\u0000\",\"data\":1}", 400, "INVALID_TOPIC"),
                json("a topic with half a character", "{\"topic\":\"\\ud800\",\"data\":1}", 400, "INVALID_TOPIC"),
                json("an endless topic", "{\"topic\":\"" + "t".repeat(256) + "\",\"data\":1}", 400, "INVALID_TOPIC"),
                json("one byte too many", oversized(), 413, "PAYLOAD_TOO_LARGE"),
                bad("bad UTF-8", json(EVENTS).POST(BodyPublishers.ofByteArray(badUtf8())), 400, "INVALID_UTF8"),
                bad(
                        "another charset",
                        request(EVENTS)
                                .header("Content-Type", "application/json; charset=latin1")
                                .POST(BodyPublishers.ofString("{\"topic\":\"t\",\"data\":1}")),
                        415,
                        "UNSUPPORTED_MEDIA_TYPE"),
                bad(
                        "two different keys",
                        json(EVENTS)
                                .header("Idempotency-Key", "a")
                                .POST(BodyPublishers.ofString("{\"topic\":\"t\",\"data\":1,\"key\":\"b\"}")),
                        400,
                        "INVALID_PARAMETER"),
                bad(
                        "a topic in the query of JSON",
                        json(EVENTS + "?topic=t").POST(BodyPublishers.ofString("{\"topic\":\"t\",\"data\":1}")),
                        400,
                        "INVALID_PARAMETER"));
    }

    private List<BadRequest> binaries() {
        return List.of(
                binary("text without a topic", EVENTS, "text/plain", 415, "UNSUPPORTED_MEDIA_TYPE"),
                binary(
                        "a form",
                        EVENTS + "?topic=t",
                        "application/x-www-form-urlencoded",
                        415,
                        "UNSUPPORTED_MEDIA_TYPE"),
                binary("a type that is none", EVENTS + "?topic=t", "a b", 415, "UNSUPPORTED_MEDIA_TYPE"),
                binary("a binary event with a bad topic", EVENTS + "?topic=a%20b", "image/png", 400, "INVALID_TOPIC"),
                binary(
                        "a binary event with bad UTF-8 in its topic",
                        EVENTS + "?topic=%ff",
                        "image/png",
                        400,
                        "INVALID_UTF8"),
                binary(
                        "a binary event with an unknown parameter",
                        EVENTS + "?topic=t&evnt=e",
                        "image/png",
                        400,
                        "INVALID_PARAMETER"),
                binary(
                        "a binary event with a topic twice",
                        EVENTS + "?topic=t&topic=t",
                        "image/png",
                        400,
                        "INVALID_PARAMETER"),
                binary(
                        "a binary event of an unknown class",
                        EVENTS + "?topic=t&class=best",
                        "image/png",
                        400,
                        "INVALID_PARAMETER"),
                bad(
                        "a compressed body",
                        request(EVENTS + "?topic=t")
                                .header("Content-Type", "image/png")
                                .header("Content-Encoding", "gzip")
                                .POST(BodyPublishers.ofString("x")),
                        415,
                        "UNSUPPORTED_MEDIA_TYPE"),
                bad(
                        "a binary event one byte too large",
                        request(EVENTS + "?topic=t")
                                .header("Content-Type", "image/png")
                                .POST(BodyPublishers.ofByteArray(new byte[LIMIT + 1])),
                        413,
                        "PAYLOAD_TOO_LARGE"));
    }

    private List<BadRequest> batches() {
        String item = "{\"topic\":\"t\",\"data\":1}";
        String tooMany = "[" + (item + ",").repeat(1_000) + item + "]";
        return List.of(
                batch("an empty batch", "[]", 400, "INVALID_PARAMETER"),
                batch("a batch that is no array", item, 400, "INVALID_REQUEST"),
                batch("a broken batch", "[" + item, 400, "INVALID_JSON"),
                batch("a batch with too many items", tooMany, 400, "INVALID_PARAMETER"),
                batch("a batch that is too large", "[" + item + " ".repeat(8 << 20) + "]", 413, "PAYLOAD_TOO_LARGE"),
                bad(
                        "an NDJSON batch with too many items",
                        request(BATCH)
                                .header("Content-Type", "application/x-ndjson")
                                .POST(BodyPublishers.ofString((item + "\n").repeat(1_001))),
                        400,
                        "INVALID_PARAMETER"),
                bad(
                        "a batch of another type",
                        request(BATCH).header("Content-Type", "text/csv").POST(BodyPublishers.ofString("t,1")),
                        415,
                        "UNSUPPORTED_MEDIA_TYPE"),
                bad(
                        "a batch with one key",
                        json(BATCH).header("Idempotency-Key", "k").POST(BodyPublishers.ofString("[" + item + "]")),
                        400,
                        "INVALID_PARAMETER"));
    }

    private static byte[] badUtf8() {
        byte[] bytes = "{\"topic\":\"t\",\"data\":\"?\"}".getBytes(StandardCharsets.US_ASCII);
        bytes[bytes.length - 3] = (byte) 0xff;
        return bytes;
    }

    private BadRequest json(String what, String body, int status, String code) {
        return bad(what, json(EVENTS).POST(BodyPublishers.ofString(body)), status, code);
    }

    private BadRequest batch(String what, String body, int status, String code) {
        return bad(what, json(BATCH).POST(BodyPublishers.ofString(body)), status, code);
    }

    private BadRequest binary(String what, String path, String type, int status, String code) {
        return bad(what, request(path).header("Content-Type", type).POST(BodyPublishers.ofString("x")), status, code);
    }

    private HttpRequest.Builder json(String path) {
        return request(path).header("Content-Type", "application/json");
    }

    private HttpRequest.Builder request(String path) {
        return api.request(path);
    }
}
