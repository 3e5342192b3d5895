package dev.sandpiper.feed;

import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.StoredEvent;

/** One place in a topic's array of receivers on an event loop. */
abstract class Sink {
    /** Its place in the array, -1 when in none. */
    int index = -1;

    /** A live event. */
    abstract void accept(StoredEvent event);

    /**
     * Other topics may run ahead of this one.
     *
     * @param position all of this one's events up to here were delivered
     */
    abstract void onHold(long position);

    abstract void onRelease();

    abstract void fail(PlatformError error);
}
