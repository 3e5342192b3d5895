package dev.sandpiper.protocol;

import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PublishReceipt;
import org.jspecify.annotations.Nullable;

/** What a publisher is answered over REST. */
public final class ReceiptJson {
    private ReceiptJson() {}

    /**
     * {@code {"id", "topic", "cursor", "duplicate", "class", "durability"}}.
     *
     * @param cursor the receipt's, as text; null for class ephemeral, and then left out
     */
    public static byte[] encode(PublishReceipt receipt, @Nullable String cursor) {
        return members(new JsonBytes(192).beginObject(), receipt, cursor)
                .endObject()
                .toByteArray();
    }

    /** Of an answer with a receipt; a repeat is answered like the first time, and says {@code "duplicate":true}. */
    public static final int STATUS = 201;

    private static JsonBytes members(JsonBytes json, PublishReceipt receipt, @Nullable String cursor) {
        return json.name("id")
                .string(receipt.id().value())
                .name("topic")
                .string(receipt.topic().name())
                .optional("cursor", cursor)
                .name("duplicate")
                .bool(receipt.duplicate())
                .name("class")
                .string(receipt.deliveryClass().wireName())
                .name("durability")
                .string(receipt.durability().wireName());
    }

    /** The answer to a transaction, one receipt after the other in the order of the request: {@code {"receipts":[…]}}. */
    public static final class Receipts {
        private final JsonBytes json;

        public Receipts(int events) {
            json = new JsonBytes(events * 192 + 32)
                    .beginObject()
                    .name("receipts")
                    .beginArray();
        }

        /** @param cursor the receipt's, as text */
        public void add(PublishReceipt receipt, @Nullable String cursor) {
            members(json.beginObject(), receipt, cursor).endObject();
        }

        public byte[] end() {
            return json.endArray().endObject().toByteArray();
        }
    }

    /** The answer to a batch, one result after the other in the order of the request: {@code {"results":[…]}}. */
    public static final class Batch {
        private final JsonBytes json;

        public Batch(int items) {
            json = new JsonBytes(items * 208 + 32).beginObject().name("results").beginArray();
        }

        /** {@code {"status":201, …}} with the members of a receipt. */
        public void stored(PublishReceipt receipt, @Nullable String cursor) {
            json.beginObject().name("status").number(STATUS);
            members(json, receipt, cursor).endObject();
        }

        /** {@code {"status":400, "error":{…}}}, the status that the event would have had on its own. */
        public void refused(PlatformError error) {
            json.beginObject().name("status").number(ErrorMapping.of(error).status());
            ErrorJson.member(json, error).endObject();
        }

        public byte[] end() {
            return json.endArray().endObject().toByteArray();
        }
    }
}
