package dev.sandpiper.audit;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Answers as JSON. */
final class AuditJson {
    private static final List<String> TOLD = List.of("id", "time", "action", "project");
    private static final List<String> DETAILS = List.of("request_id", "address", "before", "after");

    private AuditJson() {}

    /** @param found one more than the limit when there are more */
    static JsonObject page(List<TrailStore.Listed> found, int limit) {
        var items = new JsonArray();
        found.stream().limit(limit).forEach(one -> items.add(item(one.entry())));
        var page = new JsonObject().put("items", items);
        if (found.size() > limit) {
            page.put("next", Long.toString(found.get(limit - 1).position()));
        }
        return page;
    }

    static JsonObject keys(Keys keys) {
        var items = new JsonArray();
        keys.known()
                .values()
                .forEach(key -> items.add(new JsonObject()
                        .put("id", key.id())
                        .put("public_key", key.text())
                        .put("algorithm", "Ed25519")
                        .put(
                                "current",
                                key.id().equals(keys.current().verifying().id()))));
        return new JsonObject().put("items", items);
    }

    /** What envelope and details say, as one. Nothing is taken from the columns. */
    private static JsonObject item(ChainEntry entry) {
        var item = new JsonObject().put("tenant", entry.chain()).put("seq", entry.seq());
        JsonObject envelope = parsed(entry.envelope());
        TOLD.forEach(name -> copy(envelope, name, item));
        String details = entry.details();
        if (details == null) {
            item.put("actor", new JsonObject().put("kind", envelope.getString("actor", "")))
                    .put("target", new JsonObject().put("kind", envelope.getString("target", "")))
                    .put("erased", true);
        } else {
            JsonObject parsed = parsed(details);
            copy(parsed, "actor", item);
            copy(parsed, "target", item);
            DETAILS.forEach(name -> copy(parsed, name, item));
        }
        copy(envelope, TrailWork.ERASED, item);
        copy(envelope, TrailWork.SEALED, item);
        return item.put("hash", Canonical.hex(entry.hash()));
    }

    private static void copy(JsonObject from, String name, JsonObject to) {
        Object value = from.getValue(name);
        if (value != null && !to.containsKey(name)) {
            to.put(name, value);
        }
    }

    /** Of a text that was tampered with nothing is told here; the proof tells of it. */
    private static JsonObject parsed(String text) {
        try {
            return new JsonObject(text);
        } catch (DecodeException e) {
            return new JsonObject();
        }
    }
}
