package dev.sandpiper.feed;

import dev.sandpiper.domain.StoredEvent;
import java.util.ArrayDeque;

/**
 * Decides what a live message means for one topic: the next event, a repetition, or the far side of a gap. Until a gap is
 * filled it holds back what came after it. Does nothing itself but call its {@link Actions}, so it can be tested without a
 * server. Confined to the hub's strand.
 *
 * <p>The {@link #position()} is the heart of it: every event of the topic at or below it has been delivered (or lies before
 * the topic was first listened to), none above it has.
 */
final class TopicState {
    /** What the state wants done. */
    interface Actions {
        void deliver(StoredEvent event);

        /** A live message that was delivered before, or claims to be. */
        void duplicate(StoredEvent event);

        /** What other topics deliver from now on may be younger than what this one still has to deliver. */
        void hold();

        void release();

        /**
         * Read every event in ({@code after}, {@code through}] and answer with {@link #page}.
         *
         * @param proof sequence of an event of the topic that is known to be stored: a reader that has not met one at or above
         *     it, nor one above {@code through}, has not seen everything
         */
        void read(long after, long through, long proof);

        /** Read the sequence of the newest event from the leader and answer with {@link #last}. */
        void readLast();

        /** Nothing is known to be missing any more. */
        void settled();

        /** The position is known. */
        void opened(long lastEvent);
    }

    private enum Phase {
        OPENING,
        LIVE,
        VERIFYING,
        REFILLING
    }

    private record Held(StoredEvent event, long previous) {}

    private final Actions actions;
    private final int maxHeld;
    private final int maxHeldBytes;
    private final ArrayDeque<Held> held = new ArrayDeque<>(0);
    private Phase phase = Phase.OPENING;
    private long position;
    private long through;
    private long proof;
    private long dropped;
    private long heldBytes;
    private boolean holding;
    private boolean verifyAgain;

    TopicState(Actions actions, int maxHeld, int maxHeldBytes) {
        this.actions = actions;
        this.maxHeld = maxHeld;
        this.maxHeldBytes = maxHeldBytes;
    }

    long position() {
        return position;
    }

    boolean isOpening() {
        return phase == Phase.OPENING;
    }

    /** Whether nothing is known to be missing. */
    boolean isLive() {
        return phase == Phase.LIVE || (phase == Phase.VERIFYING && !holding && held.isEmpty());
    }

    boolean isRefilling() {
        return phase == Phase.REFILLING;
    }

    boolean isHolding() {
        return holding;
    }

    int heldEvents() {
        return held.size();
    }

    /** @param previous sequence of the event before this one on the topic, 0 for none */
    void live(StoredEvent event, long previous) {
        switch (phase) {
            case OPENING, REFILLING -> keep(event, previous);
            case LIVE -> {
                if (event.sequence() <= position) {
                    actions.duplicate(event);
                } else if (previous <= position) {
                    deliver(event);
                } else {
                    keep(event, previous);
                    refill(previous, previous);
                }
            }
            case VERIFYING -> {
                if (event.sequence() <= position) {
                    actions.duplicate(event);
                } else if (previous <= position) {
                    deliver(event);
                } else {
                    keep(event, previous);
                }
            }
        }
    }

    /**
     * Something may have been missed: compare with the leader.
     *
     * @param hold whether that is likely; a routine check holds nobody back
     */
    void verify(boolean hold) {
        if (phase == Phase.LIVE) {
            phase = Phase.VERIFYING;
            if (hold) {
                hold();
            }
            actions.readLast();
        } else if (phase == Phase.OPENING || hold) {
            if (hold && phase != Phase.OPENING) {
                hold();
            }
            verifyAgain = true;
        }
    }

    /**
     * The answer to {@link Actions#readLast}.
     *
     * @param lastEvent sequence of the topic's newest event, 0 for none
     * @param known a sequence that the stream had reached before the leader was asked: so the topic has no event in
     *     ({@code lastEvent}, {@code known}]
     */
    void last(long lastEvent, long known) {
        if (phase == Phase.OPENING) {
            position = Math.max(lastEvent, known);
            phase = Phase.LIVE;
            actions.opened(lastEvent);
            settle();
        } else if (phase == Phase.VERIFYING) {
            if (lastEvent > position && known > position) {
                refill(known, lastEvent);
            } else {
                position = Math.max(position, known);
                settle();
            }
        }
    }

    /**
     * A part of the answer to {@link Actions#read}, in order.
     *
     * @param seen nothing up to here is missing from this part
     * @param complete whether it is the last part; otherwise the rest is asked for again
     */
    void page(Iterable<StoredEvent> events, long seen, boolean complete) {
        if (phase != Phase.REFILLING) {
            return;
        }
        for (StoredEvent event : events) {
            if (event.sequence() > position && event.sequence() <= through) {
                deliver(event);
            }
        }
        position = Math.max(position, Math.min(seen, through));
        if (complete || position >= through) {
            position = Math.max(position, through);
            settle();
        } else {
            actions.read(position, through, proof);
        }
    }

    private void settle() {
        for (Held next = held.peek(); next != null; next = held.peek()) {
            if (next.event.sequence() > position && next.previous > position) {
                refill(next.previous, next.previous);
                return;
            }
            held.remove();
            heldBytes -= next.event.weight();
            if (next.event.sequence() > position) {
                deliver(next.event);
            }
        }
        if (dropped > position) {
            refill(dropped, dropped);
            return;
        }
        phase = Phase.LIVE;
        if (verifyAgain) {
            verifyAgain = false;
            verify(holding);
            return;
        }
        if (holding) {
            holding = false;
            actions.release();
        }
        actions.settled();
    }

    private void refill(long target, long witness) {
        phase = Phase.REFILLING;
        through = target;
        proof = witness;
        hold();
        actions.read(position, through, proof);
    }

    private void deliver(StoredEvent event) {
        position = event.sequence();
        actions.deliver(event);
    }

    /** What does not fit is read from the store later. */
    private void keep(StoredEvent event, long previous) {
        if (held.size() == maxHeld || heldBytes + event.weight() > maxHeldBytes) {
            dropped = Math.max(dropped, event.sequence());
            return;
        }
        held.add(new Held(event, previous));
        heldBytes += event.weight();
    }

    private void hold() {
        if (!holding) {
            holding = true;
            actions.hold();
        }
    }
}
