package dev.sandpiper.runtime.events;

import io.vertx.core.Future;

/** The only way to read events: live, resumed and historical. */
public interface Feed {
    /**
     * Opens a subscription. Call on an event loop; the listener is called on that loop only, and never before this method
     * has returned: first {@link FeedListener#onOpen}, then events in stream order without gap or duplicate.
     */
    FeedSubscription subscribe(FeedRequest request, FeedListener listener);

    /** Reads one page of history. Completes on the caller's context. */
    Future<HistoryPage> history(HistoryRequest request);
}
