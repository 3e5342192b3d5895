package dev.sandpiper.sockets;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.runtime.events.FeedListener;

/** A transport's side of a subscription: a listener that is told of what its client does not get, too. */
interface EventReceiver extends FeedListener {
    /** Everything up to here was looked at; what was not delivered does not match the filter. Flush: nothing may follow for long. */
    void onPosition(Cursor position);

    /** Everything up to the bound of the subscription was delivered; nothing follows. */
    void onEnd(Cursor position);
}
