package dev.sandpiper.audit;

import dev.sandpiper.audit.Finding.Kind;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Looks at an entry by itself: whether it is what the installation signed, whole and of this chain. */
final class EntryCheck {
    private final String chain;
    private final Map<String, VerifyingKey> keys;

    EntryCheck(String chain, Map<String, VerifyingKey> keys) {
        this.chain = chain;
        this.keys = keys;
    }

    /** The envelope when it is genuine; null when it is not, and then nothing that it says may be believed. */
    @Nullable
    JsonObject envelope(ChainEntry entry, Consumer<Finding> found) {
        JsonObject envelope = parse(entry.envelope());
        if (envelope == null) {
            found.accept(new Finding(entry.seq(), Kind.EDITED, "the envelope is no canonical JSON"));
            return null;
        }
        String problem = forged(entry, envelope);
        if (problem != null) {
            found.accept(new Finding(entry.seq(), Kind.EDITED, problem));
            return null;
        }
        JsonObject details = details(entry, envelope, found);
        columns(entry, envelope, details, found);
        return envelope;
    }

    private @Nullable String forged(ChainEntry entry, JsonObject envelope) {
        VerifyingKey key = keys.get(envelope.getString("key", ""));
        if (key == null) {
            return "the envelope was signed by a key that is not known here";
        }
        if (!key.signed(Canonical.utf8(entry.envelope()), entry.signature())) {
            return "the envelope is not what was signed";
        }
        return chain.equals(envelope.getString("chain")) ? null : "the entry belongs to another chain";
    }

    private static @Nullable JsonObject details(ChainEntry entry, JsonObject envelope, Consumer<Finding> found) {
        String details = entry.details();
        byte[] salt = entry.salt();
        if (details == null) {
            return null;
        }
        if (salt == null || !EntrySigner.commitment(salt, details).equals(envelope.getString("details"))) {
            found.accept(new Finding(entry.seq(), Kind.EDITED, "the details are not those that were signed"));
            return null;
        }
        return parse(details);
    }

    private static void columns(
            ChainEntry entry, JsonObject envelope, @Nullable JsonObject details, Consumer<Finding> found) {
        ChainEntry.Columns columns = entry.columns();
        if (columns == null) {
            return;
        }
        boolean same = columns.action().equals(envelope.getString("action"))
                && columns.project().equals(envelope.getString("project", ""))
                && sameTime(columns, envelope)
                && (entry.details() == null
                        ? columns.actor() == null && columns.target() == null
                        : details == null
                                || (Objects.equals(columns.actor(), name(details, "actor"))
                                        && Objects.equals(columns.target(), name(details, "target"))));
        if (!same) {
            found.accept(new Finding(
                    entry.seq(), Kind.EDITED, "the columns that it is found by do not say what the entry says"));
        }
    }

    private static boolean sameTime(ChainEntry.Columns columns, JsonObject envelope) {
        try {
            return columns.at().equals(envelope.getInstant("time"));
        } catch (DateTimeException e) {
            return false;
        }
    }

    private static String name(JsonObject details, String member) {
        JsonObject named = details.getJsonObject(member, new JsonObject());
        return EntrySigner.actor(named.getString("kind", ""), named.getString("id", ""));
    }

    private static @Nullable JsonObject parse(String text) {
        try {
            return Canonical.text(text).equals(text) ? new JsonObject(text) : null;
        } catch (IllegalArgumentException | DecodeException e) {
            return null;
        }
    }
}
