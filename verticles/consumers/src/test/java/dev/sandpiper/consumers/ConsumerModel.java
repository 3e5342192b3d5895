package dev.sandpiper.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a consumer ought to do, said as simply as possible: a list of events, each of which waits, is with a worker, or is done.
 * It knows no store and no crash. Whatever happens is told to it, and it objects.
 */
final class ConsumerModel {
    enum Fate {
        WAITING,
        OUT,
        ACKNOWLEDGED,
        TERMINATED
    }

    /** An event, by its place in the topic. */
    private static final class Item {
        private Fate fate = Fate.WAITING;
        private int deliveries;
        /** The newest delivery: nobody else may say anything about the event. */
        private @Nullable Out holder;

        private @Nullable String outputs;

        private boolean isOver() {
            return fate == Fate.ACKNOWLEDGED || fate == Fate.TERMINATED;
        }
    }

    /** A delivery that was given to a worker, who may have died over it. */
    static final class Out {
        final int item;
        final String token;
        private long since;

        private Out(int item, String token, long since) {
            this.item = item;
            this.token = token;
            this.since = since;
        }
    }

    private final Duration ackWait;
    private final boolean ordered;
    private final List<Item> items = new ArrayList<>();
    private final List<Out> outs = new ArrayList<>();
    private int newest = -1;

    ConsumerModel(Duration ackWait, boolean ordered) {
        this.ackWait = ackWait;
        this.ordered = ordered;
    }

    /** @return the data of the event to publish */
    int published() {
        items.add(new Item());
        return items.size() - 1;
    }

    /** Every delivery there ever was. */
    List<Out> outs() {
        return outs;
    }

    boolean isOver() {
        return items.stream().allMatch(Item::isOver);
    }

    /** Whether a fetch gets something, however long anybody takes. */
    boolean mustDeliver() {
        boolean waiting = items.stream().anyMatch(item -> item.fate == Fate.WAITING);
        boolean out = items.stream().anyMatch(item -> item.fate == Fate.OUT);
        return waiting && !(ordered && out);
    }

    /** @param asked when the fetch began; the worker's time cannot have begun before */
    Out delivered(int number, int delivery, String token, long asked) {
        Item item = items.get(number);
        assertThat(item.isOver())
                .as("event %s is over, and comes again", number)
                .isFalse();
        Out before = item.holder;
        if (before != null) {
            assertThat(mayBeOver(before))
                    .as("event %s is given to two workers at the same time", number)
                    .isTrue();
        }
        assertThat(delivery).as("the number of the delivery of %s", number).isGreaterThan(item.deliveries);
        if (delivery == 1) {
            assertThat(number).as("first deliveries are in order").isGreaterThan(newest);
            newest = number;
        }
        if (ordered) {
            assertThat(items.subList(0, number))
                    .as("event %s comes before its turn", number)
                    .allMatch(Item::isOver);
        }
        var out = new Out(number, token, asked);
        item.fate = Fate.OUT;
        item.deliveries = delivery;
        item.holder = out;
        outs.add(out);
        return out;
    }

    private boolean mayBeOver(Out out) {
        return System.nanoTime() - out.since >= ackWait.toNanos();
    }

    /** What an acknowledgement is answered; the model takes it for said. */
    String acknowledged(Out out, @Nullable String outputs) {
        Item item = items.get(out.item);
        if (item.holder != out) {
            return "STALE_DELIVERY";
        }
        if (item.fate == Fate.OUT) {
            item.fate = Fate.ACKNOWLEDGED;
            item.outputs = outputs;
            return "done";
        }
        if (item.fate == Fate.TERMINATED) {
            return "STALE_DELIVERY";
        }
        boolean same = outputs == null ? item.outputs == null : outputs.equals(item.outputs);
        return same ? "done" : "IDEMPOTENCY_CONFLICT";
    }

    String terminated(Out out) {
        Item item = items.get(out.item);
        if (item.holder != out || item.fate == Fate.ACKNOWLEDGED) {
            return "STALE_DELIVERY";
        }
        item.fate = Fate.TERMINATED;
        return "done";
    }

    String refused(Out out) {
        Item item = items.get(out.item);
        if (item.holder != out || item.isOver()) {
            return "STALE_DELIVERY";
        }
        item.fate = Fate.WAITING;
        item.holder = null;
        return "done";
    }

    /** @param now before it was asked for */
    String prolonged(Out out, long now) {
        Item item = items.get(out.item);
        if (item.holder != out || item.isOver()) {
            return "STALE_DELIVERY";
        }
        out.since = now;
        return "done";
    }

    boolean isOut(Out out) {
        Item item = items.get(out.item);
        return item.fate == Fate.OUT && item.holder == out;
    }

    /** What was published by acknowledgements. */
    List<String> outputs() {
        List<String> all = new ArrayList<>();
        for (Item item : items) {
            if (item.outputs != null) {
                all.add(item.outputs);
            }
        }
        return all;
    }
}
