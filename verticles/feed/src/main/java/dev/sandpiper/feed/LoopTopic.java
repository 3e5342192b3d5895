package dev.sandpiper.feed;

import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.StoredEvent;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One topic's receivers on one event loop: a flat array, which may change while it is being walked. */
final class LoopTopic {
    static final long NOT_HELD = -1;
    private static final @Nullable Sink[] NONE = new Sink[0];

    final HubTopic topic;
    final LoopTable loop;

    /** How many subscriptions the hub has attached and not yet detached. Confined to the hub's strand. */
    int attached;

    private @Nullable Sink[] sinks = NONE;
    private int size;
    private boolean walking;
    private boolean holes;
    private long heldAt;

    /** @param heldAt as {@link LoopTable.Hold#position()}, or {@link #NOT_HELD} */
    LoopTopic(HubTopic topic, LoopTable loop, long heldAt) {
        this.topic = topic;
        this.loop = loop;
        this.heldAt = heldAt;
    }

    void add(Sink sink) {
        if (size == sinks.length) {
            sinks = Arrays.copyOf(sinks, size == 0 ? 1 : size * 2);
        }
        sink.index = size;
        sinks[size++] = sink;
        if (heldAt != NOT_HELD) {
            sink.onHold(heldAt);
        }
    }

    void remove(Sink sink) {
        int index = sink.index;
        if (index < 0) {
            return;
        }
        sink.index = -1;
        if (walking) {
            sinks[index] = null;
            holes = true;
        } else {
            size--;
            Sink last = sinks[size];
            sinks[size] = null;
            if (index != size && last != null) {
                sinks[index] = last;
                last.index = index;
            }
            shrink();
        }
    }

    void dispatch(StoredEvent event) {
        int count = size;
        walking = true;
        for (int i = 0; i < count; i++) {
            Sink sink = sinks[i];
            if (sink != null) {
                sink.accept(event);
            }
        }
        walked();
    }

    void hold(long position) {
        heldAt = position;
        for (int i = 0; i < size; i++) {
            Sink sink = sinks[i];
            if (sink != null) {
                sink.onHold(position);
            }
        }
    }

    void release() {
        heldAt = NOT_HELD;
        int count = size;
        walking = true;
        for (int i = 0; i < count; i++) {
            Sink sink = sinks[i];
            if (sink != null) {
                sink.onRelease();
            }
        }
        walked();
    }

    void fail(PlatformError error) {
        int count = size;
        walking = true;
        for (int i = 0; i < count; i++) {
            Sink sink = sinks[i];
            if (sink != null) {
                sink.fail(error);
            }
        }
        walked();
    }

    int size() {
        return size;
    }

    private void walked() {
        walking = false;
        if (!holes) {
            return;
        }
        holes = false;
        int kept = 0;
        for (int i = 0; i < size; i++) {
            Sink sink = sinks[i];
            if (sink != null) {
                sinks[kept] = sink;
                sink.index = kept++;
            }
        }
        Arrays.fill(sinks, kept, size, null);
        size = kept;
        shrink();
    }

    private void shrink() {
        if (size == 0) {
            sinks = NONE;
        } else if (sinks.length > 16 && size < sinks.length / 4) {
            sinks = Arrays.copyOf(sinks, size * 2);
        }
    }
}
