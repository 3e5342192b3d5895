package dev.sandpiper.audit;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a chain, entry by entry in the order of their numbers, and says what is wrong with it. Needs nothing but the public
 * keys and the checkpoints. For one thread.
 */
public final class ChainVerifier {
    /** Findings that are told; there may be more. */
    static final int MOST = 100;

    private final String chain;
    private final Map<String, VerifyingKey> keys;
    private final NavigableMap<Long, Checkpoint> checkpoints = new TreeMap<>();
    private final List<Finding> findings = new ArrayList<>();
    private final Map<String, Long> ids = new HashMap<>();
    private final TreeSet<Long> withoutDetails = new TreeSet<>();
    private final Start start;
    private final EntryCheck check;
    private boolean startVouched;
    private boolean rewritten;
    private byte @Nullable [] prev;
    private long next;
    private long entries;
    private long erased;
    private long vouched;

    /**
     * Where the entries begin.
     *
     * @param seq of the newest one that is sealed; 0 for none
     * @param hash of that
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Start(long seq, byte[] hash) {}

    /**
     * @param known checkpoints of this chain in the order of their numbers: all, or some of them with the newest one
     * @param start null for the beginning of the chain
     */
    public ChainVerifier(String chain, Map<String, VerifyingKey> keys, List<Checkpoint> known, @Nullable Start start) {
        this.chain = chain;
        this.keys = Map.copyOf(keys);
        this.start = start == null || start.seq() == 0 ? new Start(0, Chain.genesis(chain)) : start;
        this.startVouched = this.start.seq() == 0;
        this.check = new EntryCheck(chain, this.keys);
        this.prev = this.start.hash();
        this.next = this.start.seq() + 1;
        accept(known);
        compare(this.start.seq(), this.start.hash());
    }

    /** Goes on behind a checkpoint: what came before it is not asked for. */
    static ChainVerifier since(Checkpoint checkpoint, byte[] hash, Map<String, VerifyingKey> keys) {
        var verifier =
                new ChainVerifier(checkpoint.chain(), keys, List.of(checkpoint), new Start(checkpoint.seq(), hash));
        verifier.startVouched = true;
        return verifier;
    }

    /** The next entry. */
    public void entry(ChainEntry entry) {
        if (entry.seq() != next) {
            outOfTurn(entry);
        }
        entries++;
        JsonObject envelope = check.envelope(entry, this::find);
        linked(entry);
        if (envelope != null) {
            unique(entry, envelope);
            work(envelope);
        }
        if (entry.details() == null) {
            withoutDetails.add(entry.seq());
        }
        prev = entry.hash();
        next = entry.seq() + 1;
        compare(entry.seq(), entry.hash());
    }

    /**
     * After the last entry.
     *
     * @param head the number and hash that the newest entry should have; null when nobody says
     */
    public Verdict end(@Nullable Start head) {
        long last = next - 1;
        if (head != null && head.seq() != last) {
            find(new Finding(
                    Math.min(last, head.seq()) + 1,
                    Finding.Kind.TRUNCATED,
                    "the chain says that its newest entry is " + head.seq() + ", and " + last + " was found"));
        } else if (head != null && prev != null && !Arrays.equals(head.hash(), prev)) {
            find(new Finding(last, Finding.Kind.EDITED, "the chain says that its newest entry is another one"));
        }
        Map.Entry<Long, Checkpoint> newest = checkpoints.lastEntry();
        if (newest != null && newest.getKey() > last) {
            find(new Finding(
                    last + 1,
                    Finding.Kind.TRUNCATED,
                    "checkpoint " + newest.getValue().number() + " vouches for entries up to " + newest.getKey()
                            + ", and the newest one found is " + last
                            + ": the end was cut off, or an older backup put back"));
        }
        if (!startVouched) {
            find(new Finding(
                    1,
                    Finding.Kind.MISSING,
                    "entries 1 to " + start.seq() + " are gone, and no sealed summary tells of them"));
        }
        withoutDetails.forEach(seq -> find(new Finding(
                seq, Finding.Kind.EDITED, "the details are gone, and no entry tells that they were erased")));
        byte[] hash = prev == null ? new byte[0] : prev;
        return new Verdict(chain, entries, start.seq() + 1, last, Canonical.hex(hash), erased, vouched, findings);
    }

    private void accept(List<Checkpoint> known) {
        Checkpoint before = null;
        for (Checkpoint one : known) {
            VerifyingKey key = keys.get(one.key());
            if (key == null || !one.isSignedBy(key) || !one.chain().equals(chain)) {
                find(new Finding(
                        one.seq(),
                        Finding.Kind.CHECKPOINT,
                        "checkpoint " + one.number() + " was not signed by a key of this installation"));
                continue;
            }
            if (before != null && !follows(one, before)) {
                find(new Finding(
                        one.seq(),
                        Finding.Kind.CHECKPOINT,
                        "checkpoint " + one.number() + " does not follow checkpoint " + before.number()));
            }
            checkpoints.put(one.seq(), one);
            before = one;
        }
    }

    private static boolean follows(Checkpoint one, Checkpoint before) {
        return one.number() > before.number()
                && one.seq() >= before.seq()
                && (one.number() != before.number() + 1 || one.previous().equals(before.digest()));
    }

    private void outOfTurn(ChainEntry entry) {
        if (entry.seq() > next) {
            String which = entry.seq() - 1 == next
                    ? "entry " + next + " is"
                    : "entries " + next + " to " + (entry.seq() - 1) + " are";
            find(new Finding(next, Finding.Kind.MISSING, which + " missing"));
        } else {
            find(new Finding(entry.seq(), Finding.Kind.MISPLACED, "stands behind entry " + (next - 1)));
        }
        prev = null;
    }

    private void linked(ChainEntry entry) {
        byte[] before = prev;
        if (before != null && !Arrays.equals(Chain.next(chain, entry.seq(), before, entry.envelope()), entry.hash())) {
            find(new Finding(
                    entry.seq(), Finding.Kind.MISPLACED, "its hash is not made of this entry and the one before"));
        }
    }

    private void unique(ChainEntry entry, JsonObject envelope) {
        Long other = ids.putIfAbsent(envelope.getString("id", ""), entry.seq());
        if (other != null) {
            find(new Finding(entry.seq(), Finding.Kind.INSERTED, "is a copy of entry " + other));
        }
    }

    /** What the entry says about the chain itself. */
    private void work(JsonObject envelope) {
        JsonArray ranges = envelope.getJsonArray(TrailWork.ERASED);
        if (ranges != null) {
            for (int i = 0; i < ranges.size(); i++) {
                JsonArray range = ranges.getJsonArray(i);
                var gone = withoutDetails.subSet(range.getLong(0), true, range.getLong(1), true);
                erased += gone.size();
                gone.clear();
            }
        }
        JsonObject sealed = envelope.getJsonObject(TrailWork.SEALED);
        if (sealed != null
                && Objects.equals(sealed.getLong("through"), start.seq())
                && Canonical.hex(start.hash()).equals(sealed.getString("hash"))) {
            startVouched = true;
        }
    }

    private void compare(long seq, byte[] hash) {
        Checkpoint checkpoint = checkpoints.get(seq);
        if (checkpoint == null || (seq == 0 && start.seq() == 0)) {
            return;
        }
        if (checkpoint.hash().equals(Canonical.hex(hash))) {
            vouched = seq;
        } else if (!rewritten) {
            // Every later checkpoint disagrees as well.
            rewritten = true;
            long from = Math.min(vouched, seq - 1) + 1;
            if (findings.stream().noneMatch(known -> known.seq() >= from && known.seq() <= seq)) {
                find(new Finding(
                        from,
                        Finding.Kind.REWRITTEN,
                        "checkpoint " + checkpoint.number() + " vouches for other entries up to " + seq
                                + " than those that are there"));
            }
        }
    }

    private void find(Finding finding) {
        if (findings.size() < MOST) {
            findings.add(finding);
        }
    }
}
