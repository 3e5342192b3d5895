package dev.sandpiper.audit;

import dev.sandpiper.audit.TrailWork.Range;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The trail, as it is kept. Every future fails with {@code DATABASE_UNAVAILABLE}, and completes on the caller's context. Safe for
 * use by several threads.
 */
public interface TrailStore {
    /**
     * A chain as the database has it.
     *
     * @param newest the newest entry
     * @param sealed the newest entry that is sealed
     * @param checkpoint the number of the newest checkpoint
     * @param checked the newest entry that a checkpoint vouches for
     */
    record Head(String chain, ChainVerifier.Start newest, ChainVerifier.Start sealed, long checkpoint, long checked) {
        public long seq() {
            return newest.seq();
        }
    }

    /**
     * One entry in a list.
     *
     * @param position of the whole trail, growing
     */
    record Listed(long position, ChainEntry entry) {}

    /** Null when there is no entry in it yet. */
    Future<@Nullable Head> head(String chain);

    /** By their names; those after one of them. */
    Future<List<Head>> heads(int limit, String after);

    /** Chains that have new entries: so many, or for so long. */
    Future<List<Head>> due(int entries, Duration age);

    /** In the order of their numbers, beginning behind one of them. */
    Future<List<ChainEntry>> read(String chain, long after, int limit);

    Future<List<Listed>> list(AuditQuery query);

    /** Remembers what the newest checkpoint vouches for. */
    Future<Void> checked(Checkpoint checkpoint);

    /** Entries with details, of which somebody or something is the actor or the target, or all that are older: ranges of numbers, no more than {@code limit}. */
    Future<List<Range>> erasable(String chain, @Nullable String who, @Nullable Instant before, int limit);

    /** Takes the details away and appends an entry that says so, in one transaction. */
    Future<Void> erase(SignedEntry entry, List<Range> ranges);

    /** The newest entry that is older and vouched for, so that it and those before may be sealed; null for none. */
    Future<ChainVerifier.@Nullable Start> sealable(String chain, Instant before);

    /** Deletes old entries and appends the summary of them, in one transaction. */
    Future<Void> seal(SignedEntry summary, ChainVerifier.Start through);
}
