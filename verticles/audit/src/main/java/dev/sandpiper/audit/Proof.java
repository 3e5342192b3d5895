package dev.sandpiper.audit;

import dev.sandpiper.audit.TrailStore.Head;
import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Compares what the database has with what the checkpoints vouch for. Everything here waits: call it on a virtual thread. Safe
 * for use by several of them.
 */
final class Proof {
    private static final int PAGE = 500;
    private static final int TOGETHER = 50;
    private static final long WAIT_SECONDS = 60;

    /** Of a chain with more checkpoints so many are compared, evenly spread, with the newest among them. */
    private static final int MOST_CHECKPOINTS = 1_000;

    /** A chain goes on while it is looked at: an end that seems to be wrong is looked at again. */
    private static final int ATTEMPTS = 3;

    private final TrailStore trail;
    private final CheckpointStore checkpoints;
    private final Map<String, VerifyingKey> keys;

    Proof(TrailStore trail, CheckpointStore checkpoints, Map<String, VerifyingKey> keys) {
        this.trail = trail;
        this.checkpoints = checkpoints;
        this.keys = keys;
    }

    /** The whole of a chain. */
    Verdict whole(String chain) {
        Verdict verdict = lookAtAll(chain);
        for (int i = 1; i < ATTEMPTS && !verdict.valid(); i++) {
            verdict = lookAtAll(chain);
        }
        return verdict;
    }

    /**
     * What came after a checkpoint.
     *
     * @param newest null for none yet
     */
    Verdict since(String chain, @Nullable Checkpoint newest) {
        Verdict verdict = lookAtNew(chain, newest);
        for (int i = 1; i < ATTEMPTS && !verdict.valid(); i++) {
            verdict = lookAtNew(chain, newest);
        }
        return verdict;
    }

    /** All checkpoints of a chain, or the newest with some of those before, by their numbers. */
    List<Checkpoint> checkpoints(String chain) {
        Checkpoint newest = await(checkpoints.newest(chain));
        return newest == null ? List.of() : sample(chain, newest, new ArrayList<>());
    }

    private Verdict lookAtAll(String chain) {
        List<Finding> besides = new ArrayList<>();
        Checkpoint newest = await(checkpoints.newest(chain));
        Head head = await(trail.head(chain));
        List<Checkpoint> known = newest == null ? List.of() : sample(chain, newest, besides);
        if (head == null) {
            return new ChainVerifier(chain, keys, known, null).end(null);
        }
        long number = newest == null ? 0 : newest.number();
        if (number < head.checkpoint()) {
            besides.add(new Finding(
                    Math.max(1, head.checked()),
                    Finding.Kind.CHECKPOINT,
                    "checkpoint " + head.checkpoint() + " was made, and the newest one that is there is " + number));
        }
        if (head.checked() > (newest == null ? 0 : newest.seq())) {
            besides.add(new Finding(
                    Math.max(1, head.checked()),
                    Finding.Kind.CHECKPOINT,
                    "the database says that a checkpoint vouches for entry " + head.checked() + ", and none does"));
        }
        for (String weakness : await(checkpoints.weaknesses())) {
            besides.add(new Finding(Math.max(1, head.seq()), Finding.Kind.CHECKPOINT, weakness));
        }
        return read(
                head,
                new ChainVerifier(chain, keys, known, head.sealed()),
                head.sealed().seq(),
                besides);
    }

    private Verdict lookAtNew(String chain, @Nullable Checkpoint newest) {
        Head head = await(trail.head(chain));
        if (newest == null || head == null) {
            return lookAtAll(chain);
        }
        List<Finding> besides = new ArrayList<>();
        if (newest.number() < head.checkpoint()) {
            besides.add(new Finding(
                    newest.seq(),
                    Finding.Kind.CHECKPOINT,
                    "checkpoint " + head.checkpoint() + " is not there any more"));
        }
        return read(head, ChainVerifier.since(newest, bytes(newest.hash()), keys), newest.seq(), besides);
    }

    private Verdict read(Head head, ChainVerifier verifier, long from, List<Finding> besides) {
        long after = from;
        while (after < head.seq()) {
            List<ChainEntry> page = await(trail.read(head.chain(), after, PAGE));
            for (ChainEntry entry : page) {
                if (entry.seq() <= head.seq()) {
                    verifier.entry(entry);
                }
            }
            if (page.isEmpty()) {
                break;
            }
            after = page.getLast().seq();
        }
        return verifier.end(head.newest()).with(besides);
    }

    private List<Checkpoint> sample(String chain, Checkpoint newest, List<Finding> missing) {
        long count = newest.number();
        var numbers = new TreeSet<Long>();
        for (int i = 0; i < Math.min(count - 1, MOST_CHECKPOINTS); i++) {
            numbers.add(1 + i * (count - 1) / Math.min(count - 1, MOST_CHECKPOINTS));
        }
        List<Long> wanted = List.copyOf(numbers);
        List<Checkpoint> found = new ArrayList<>();
        for (int i = 0; i < wanted.size(); i += TOGETHER) {
            List<Long> some = wanted.subList(i, Math.min(wanted.size(), i + TOGETHER));
            List<Future<@Nullable Checkpoint>> answers =
                    some.stream().map(number -> checkpoints.find(chain, number)).toList();
            await(Future.all(answers));
            for (int j = 0; j < some.size(); j++) {
                Checkpoint one = answers.get(j).result();
                if (one == null) {
                    missing.add(new Finding(
                            found.isEmpty() ? 1 : found.getLast().seq(),
                            Finding.Kind.CHECKPOINT,
                            "checkpoint " + some.get(j) + " is not there any more"));
                } else {
                    found.add(one);
                }
            }
        }
        found.add(newest);
        return found;
    }

    private static byte[] bytes(String hex) {
        try {
            return HexFormat.of().parseHex(hex);
        } catch (IllegalArgumentException e) {
            // Of a checkpoint that is none; its signature is looked at too.
            return new byte[0];
        }
    }

    static <T extends @Nullable Object> T await(Future<T> future) {
        try {
            return future.await(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new PlatformException(new AvailabilityError.DatabaseUnavailable(), e);
        }
    }
}
