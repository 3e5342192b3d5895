package dev.sandpiper.consumers;

import dev.sandpiper.domain.Cursor;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may decide about an event, and what was decided. Each event of a consumer is decided about once, by the holder of its
 * newest fence. Every future fails with {@code DATABASE_UNAVAILABLE} and completes on the caller's context.
 */
public interface DeliveryLedger {
    enum Kind {
        ACK,
        TERM
    }

    /**
     * What is to become of events.
     *
     * @param reason of a {@link Kind#TERM}
     * @param outputs a JSON array of events to publish; null for none
     * @param by the id of the key that decided
     * @param publishedFrom a sequence of the stream behind which the outputs will stand
     */
    record Decision(Kind kind, @Nullable String reason, byte @Nullable [] outputs, String by, long publishedFrom) {}

    /**
     * What the ledger knows about a decided event.
     *
     * @param age since it was decided
     * @param receipts of its outputs, as JSON; null until it is finished
     * @param alive whether JetStream may still have the consumer
     */
    record Decided(
            Incarnation of,
            Cursor source,
            String reply,
            Decision decision,
            Duration age,
            byte @Nullable [] receipts,
            boolean finished,
            boolean alive) {}

    /** What the ledger answers to a claim. */
    sealed interface Verdict {
        /** By this claim: now, or by the same call before. */
        record Accepted(Decided decided) implements Verdict {}

        record Stale() implements Verdict {}

        record Unknown() implements Verdict {}
    }

    /**
     * What the ledger answers to a claim that decides nothing.
     *
     * @param reply null when the claim is not valid
     */
    record Renewed(@Nullable String reply, boolean stale) {}

    /**
     * A delivery as it was noted.
     *
     * @param decided null when the event is still to be processed
     */
    record Noted(Claim claim, @Nullable Decided decided) {}

    /**
     * Gives out fences for events that are about to be delivered; older fences of the same events are worth nothing afterwards.
     *
     * @return by sequence; empty when the consumer was paused, reset or deleted meanwhile
     */
    Future<Map<Long, Noted>> note(Consumer consumer, List<PulledEvent> events);

    /** In the order of the claims. */
    Future<List<Verdict>> decide(Consumer consumer, List<Claim> claims, Decision decision);

    /** Events of those claims that may still be decided about, and whose holders have time left. */
    Future<Set<Cursor>> open(Consumer consumer, List<Claim> claims);

    /** Ends the claims without a decision: their fences are worth nothing afterwards. In the order of the claims. */
    Future<List<Renewed>> release(Consumer consumer, List<Claim> claims);

    /** Gives the holders of the claims time. In the order of the claims. */
    Future<List<Renewed>> prolong(Consumer consumer, List<Claim> claims);

    /**
     * Nothing remains to be done for these events.
     *
     * @param receipts of the outputs, when it is one event that had some
     */
    Future<Void> finish(Incarnation of, List<Cursor> sources, byte @Nullable [] receipts);

    /** Decided events for which nobody did anything lately, of all tenants; whoever asks next is not told of them for a while. */
    Future<List<Decided>> unfinished(Duration untouched, int limit);

    /** Forgets what was finished longer ago, and leases that ended a day ago. */
    Future<Void> forget(Duration history);

    /** When the oldest event was stored that is with a worker or rests; null without one. */
    Future<@Nullable Instant> oldestOpen(Consumer consumer);
}
