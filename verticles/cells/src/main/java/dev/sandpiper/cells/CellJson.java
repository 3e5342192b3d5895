package dev.sandpiper.cells;

import dev.sandpiper.protocol.JsonBytes;
import dev.sandpiper.protocol.Timestamps;
import dev.sandpiper.runtime.config.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Streams, places and moves as operators see them. */
final class CellJson {
    private static final int SIZE = 512;

    private final StreamNames names;

    CellJson(StreamNames names) {
        this.names = names;
    }

    byte[] stream(StreamRow stream) {
        Duration age = stream.maxAge();
        JsonBytes json = new JsonBytes(SIZE).beginObject().name("name").string(names.of(stream.cell()));
        var tenant = stream.tenant();
        text(json.name("tenant"), tenant == null ? null : tenant.value())
                .name("storage")
                .string(stream.memory() ? "memory" : "file");
        amount(json.name("replicas"), stream.replicas());
        amount(json.name("max_bytes"), stream.maxBytes());
        return text(json.name("max_age"), age == null ? null : Durations.inDays(age))
                .endObject()
                .toByteArray();
    }

    byte[] places(List<Place> places, @Nullable String next) {
        JsonBytes json = new JsonBytes(SIZE).beginObject().name("items").beginArray();
        for (Place place : places) {
            json.beginObject()
                    .name("tenant")
                    .string(place.tenant().value())
                    .name("stream")
                    .string(names.of(place.cell()))
                    .endObject();
        }
        return text(json.endArray().name("next"), next).endObject().toByteArray();
    }

    byte[] move(Move move) {
        return move(new JsonBytes(SIZE), move).toByteArray();
    }

    byte[] moves(List<Move> moves, @Nullable String next) {
        JsonBytes json = new JsonBytes(SIZE).beginObject().name("items").beginArray();
        moves.forEach(move -> move(json, move));
        return text(json.endArray().name("next"), next).endObject().toByteArray();
    }

    private JsonBytes move(JsonBytes json, Move move) {
        json.beginObject()
                .name("id")
                .string(Long.toString(move.id()))
                .name("tenant")
                .string(move.tenant().value())
                .name("from")
                .string(names.of(move.source()))
                .name("to")
                .string(names.of(move.target()))
                .name("state")
                .string(move.state().name().toLowerCase(Locale.ROOT))
                .name("copied")
                .number(move.copied())
                .name("total")
                .number(move.total());
        text(json.name("note"), move.note().isEmpty() ? null : move.note());
        time(json.name("started_at"), move.startedAt());
        time(json.name("arrived_at"), move.switchedAt());
        return time(json.name("finished_at"), move.finishedAt()).endObject();
    }

    private static JsonBytes amount(JsonBytes json, long value) {
        return value == 0 ? json.nil() : json.number(value);
    }

    private static JsonBytes text(JsonBytes json, @Nullable String text) {
        return text == null ? json.nil() : json.string(text);
    }

    private static JsonBytes time(JsonBytes json, @Nullable Instant time) {
        return text(json, time == null ? null : Timestamps.format(time));
    }
}
