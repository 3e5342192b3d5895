package dev.sandpiper.sockets;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.KeyId;
import dev.sandpiper.domain.Topic;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The subscriptions of one WebSocket, linked through themselves: at most a hundred, usually one. */
final class SubscriptionList {
    private @Nullable WebSocketSubscription first;
    private int size;

    int size() {
        return size;
    }

    @Nullable
    WebSocketSubscription find(Topic topic) {
        WebSocketSubscription s = first;
        while (s != null && !s.topic().equals(topic)) {
            s = s.next;
        }
        return s;
    }

    void add(WebSocketSubscription subscription) {
        subscription.next = first;
        first = subscription;
        size++;
    }

    /** Closes it too; false when it was not there. */
    boolean remove(WebSocketSubscription subscription) {
        subscription.close();
        WebSocketSubscription before = null;
        for (WebSocketSubscription s = first; s != null; before = s, s = s.next) {
            if (s == subscription) {
                if (before == null) {
                    first = s.next;
                } else {
                    before.next = s.next;
                }
                size--;
                return true;
            }
        }
        return false;
    }

    void closeAll() {
        WebSocketSubscription s = first;
        first = null;
        size = 0;
        for (; s != null; s = s.next) {
            s.close();
        }
    }

    void pauseReplay(boolean paused) {
        for (WebSocketSubscription s = first; s != null; s = s.next) {
            s.pauseReplay(paused);
        }
    }

    /** The position up to which the client has everything on all of its channels; null when it has none. */
    @Nullable
    Cursor earliest() {
        Cursor earliest = null;
        for (WebSocketSubscription s = first; s != null; s = s.next) {
            Cursor last = s.last();
            if (last != null && (earliest == null || last.sequence() < earliest.sequence())) {
                earliest = last;
            }
        }
        return earliest;
    }

    /** {@code work} may remove the one it is given. */
    void forEach(Consumer<WebSocketSubscription> work) {
        WebSocketSubscription next;
        for (WebSocketSubscription s = first; s != null; s = next) {
            next = s.next;
            work.accept(s);
        }
    }

    boolean uses(KeyId key) {
        for (WebSocketSubscription s = first; s != null; s = s.next) {
            if (s.principal().uses(key)) {
                return true;
            }
        }
        return false;
    }
}
