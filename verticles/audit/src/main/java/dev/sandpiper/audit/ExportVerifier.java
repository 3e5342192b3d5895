package dev.sandpiper.audit;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Verifies an export, with nothing but the file. For one thread. */
public final class ExportVerifier {
    private final Map<String, VerifyingKey> keys = new LinkedHashMap<>();
    private final List<Checkpoint> checkpoints = new ArrayList<>();
    private final List<Finding> besides = new ArrayList<>();
    private final boolean pinned;
    private String chain = "";
    private ChainVerifier.@Nullable Start sealed;
    private @Nullable ChainVerifier verifier;
    private long last;
    private long lines;
    private boolean ended;

    /**
     * @param trusted public keys that are known from elsewhere; without any, those in the file are believed, which proves only that
     *     the file was not changed by somebody without a key of his own
     */
    public ExportVerifier(List<VerifyingKey> trusted) {
        trusted.forEach(key -> keys.put(key.id(), key));
        this.pinned = !trusted.isEmpty();
    }

    /** @throws IllegalArgumentException when it is no export at all */
    public Verdict verify(BufferedReader file) throws IOException {
        for (String line = file.readLine(); line != null; line = file.readLine()) {
            lines++;
            if (!line.isBlank()) {
                take(line);
            }
        }
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("The file is no export of an audit trail");
        }
        if (!ended) {
            besides.add(new Finding(last + 1, Finding.Kind.TRUNCATED, "the file ends before the export does"));
        }
        return verifier().end(null).with(besides);
    }

    /** Those that entries may be signed with, by their ids. */
    public Map<String, VerifyingKey> keys() {
        return Map.copyOf(keys);
    }

    private void take(String line) {
        JsonObject json;
        try {
            json = new JsonObject(line);
        } catch (DecodeException e) {
            damaged(e);
            return;
        }
        try {
            if (chain.isEmpty()) {
                head(json);
                return;
            }
            switch (json.getString("type", "")) {
                case ExportLines.CHECKPOINT -> checkpoints.add(Checkpoint.parse(json));
                case ExportLines.ENTRY -> {
                    ChainEntry entry = ExportLines.entry(chain, json);
                    last = entry.seq();
                    verifier().entry(entry);
                }
                case ExportLines.END -> ended = json.getLong("last", -1L) == last;
                default -> throw new IllegalArgumentException("is of no known type");
            }
        } catch (IllegalArgumentException | ClassCastException e) {
            if (chain.isEmpty()) {
                throw new IllegalArgumentException("The file is no export of an audit trail", e);
            }
            damaged(e);
        }
    }

    private void damaged(RuntimeException e) {
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("The file is no export of an audit trail", e);
        }
        besides.add(new Finding(last + 1, Finding.Kind.EDITED, "line " + lines + " of the file cannot be read"));
    }

    private void head(JsonObject json) {
        if (!ExportLines.HEAD.equals(json.getString("type")) || json.getInteger("version", 0) != ExportLines.VERSION) {
            throw new IllegalArgumentException("is no head");
        }
        chain = json.getString("chain", "");
        long seq = json.getLong("sealed", 0L);
        if (seq > 0) {
            sealed = new ChainVerifier.Start(seq, HexFormat.of().parseHex(json.getString("sealed_hash", "")));
        }
        if (!pinned) {
            JsonArray told = json.getJsonArray("keys", new JsonArray());
            for (int i = 0; i < told.size(); i++) {
                VerifyingKey key = VerifyingKey.parse(told.getString(i));
                keys.put(key.id(), key);
            }
        }
    }

    private ChainVerifier verifier() {
        ChainVerifier known = verifier;
        if (known == null) {
            known = new ChainVerifier(chain, keys, checkpoints, sealed);
            verifier = known;
        }
        return known;
    }
}
