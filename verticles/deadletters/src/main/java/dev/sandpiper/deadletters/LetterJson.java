package dev.sandpiper.deadletters;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.domain.EventHeaders;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.protocol.HeadersMember;
import dev.sandpiper.protocol.JsonBytes;
import dev.sandpiper.protocol.Timestamps;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Letters as clients see them. A letter's id is its position, in the form of a cursor: it means nothing in another project. */
final class LetterJson {
    private static final int ITEM_SIZE = 768;

    private final CursorCodec cursors;
    private final Letters letters;

    LetterJson(CursorCodec cursors, Letters letters) {
        this.cursors = cursors;
        this.letters = letters;
    }

    /** A list that items are added to as they are read, so that no letter has to be kept. */
    final class Page {
        private final JsonBytes json =
                new JsonBytes(16 * ITEM_SIZE).beginObject().name("items").beginArray();

        void add(StoredLetter letter) {
            members(json.beginObject(), letter).endObject();
        }

        byte[] end(LetterFilter filter, @Nullable Long next) {
            return optional(json.endArray(), "next", next == null ? null : id(filter, next))
                    .endObject()
                    .toByteArray();
        }
    }

    Page page() {
        return new Page();
    }

    /** Everything about one letter, the event's headers and payload included. */
    byte[] letter(StoredLetter stored) {
        StoredEvent event = stored.letter().event();
        byte[] data = event == null || stored.letter().missing() != null ? null : event.data();
        JsonBytes json = new JsonBytes(ITEM_SIZE + (data == null ? 0 : 2 * data.length)).beginObject();
        members(json, stored);
        HeadersMember.write(json, event == null ? EventHeaders.NONE : event.headers());
        json.name("nats_headers").beginObject();
        // Names are ours or plain ASCII: NATS allows no other.
        new TreeMap<>(stored.letter().headers())
                .forEach((name, value) -> json.name(name).string(value));
        json.endObject();
        if (event != null && data != null) {
            if (event.contentType() == null) {
                json.name("data").raw(data);
            } else {
                json.name("data").base64(data).name("encoding").string("base64");
            }
        }
        return json.endObject().toByteArray();
    }

    byte[] redriven(StoredLetter stored, Redriven redriven) {
        JsonBytes json = new JsonBytes(256)
                .beginObject()
                .name("id")
                .string(id(stored))
                .name("to")
                .string(redriven.target().wireName());
        PublishReceipt receipt = redriven.receipt();
        if (receipt == null) {
            json.name("consumer").string(stored.letter().consumer());
        } else {
            Cursor cursor = receipt.cursor();
            json.name("event_id").string(receipt.id().value());
            json.optional("cursor", cursor == null ? null : cursor(stored.letter(), cursor));
        }
        return json.endObject().toByteArray();
    }

    /** @param done the name of the member that says how many were dealt with */
    byte[] swept(String done, LetterFilter filter, Swept swept) {
        JsonBytes json = new JsonBytes(256 + 96 * swept.failed().size())
                .beginObject()
                .name(done)
                .number(swept.done())
                .name("failed")
                .beginArray();
        for (Swept.Failure failure : swept.failed()) {
            json.beginObject()
                    .name("id")
                    .string(id(failure.letter()))
                    .name("code")
                    .string(failure.error().code())
                    .name("message")
                    .string(failure.error().message())
                    .endObject();
        }
        json.endArray().name("remaining").number(swept.remaining());
        Long next = swept.next();
        return optional(json, "next", next == null ? null : id(filter, next))
                .endObject()
                .toByteArray();
    }

    private JsonBytes members(JsonBytes json, StoredLetter stored) {
        DeadLetter letter = stored.letter();
        StoredEvent event = letter.event();
        Cursor cursor = letter.cursor();
        Missing missing = letter.missing();
        json.name("id").string(id(stored)).name("consumer").string(letter.consumer());
        optional(json, "feature", letter.feature());
        json.name("reason").string(letter.reason().wireName());
        optional(json, "last_error", letter.error());
        json.name("attempts").number(letter.attempts());
        json.name("failed_at").string(Timestamps.format(letter.failedAt()));
        json.name("created_at").string(Timestamps.format(stored.createdAt()));
        optional(json, "cursor", cursor == null ? null : cursor(letter, cursor));
        optional(json, "missing", missing == null ? null : missing.wireName());
        optional(json, "topic", event == null ? null : event.topic().name());
        optional(json, "event_id", event == null ? null : event.id().value());
        optional(json, "event", event == null ? null : event.event());
        optional(json, "sender", event == null ? null : event.sender());
        optional(json, "content_type", event == null ? null : event.contentType());
        return optional(json, "published_at", event == null ? null : Timestamps.format(event.timestamp()));
    }

    private String id(StoredLetter stored) {
        DeadLetter letter = stored.letter();
        return cursor(letter, new Cursor(letters.epoch(), stored.sequence()));
    }

    private String id(LetterFilter filter, long position) {
        return cursors.encode(filter.tenant(), filter.project(), new Cursor(letters.epoch(), position));
    }

    private String cursor(DeadLetter letter, Cursor cursor) {
        return cursors.encode(letter.tenant(), letter.project(), cursor);
    }

    private static JsonBytes optional(JsonBytes json, String name, @Nullable String value) {
        return value == null ? json.name(name).nil() : json.name(name).string(value);
    }
}
