package dev.sandpiper.sockets;

import dev.sandpiper.domain.Capability;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.runtime.events.StartPosition;

/** Who may listen to what. */
final class Access {
    private Access() {}

    /**
     * To go on after a cursor is part of subscribing, or nobody could come back after a lost connection; to begin in the past without
     * one is reading history.
     *
     * @throws PlatformException with {@code CHANNEL_NOT_ALLOWED}
     */
    static void require(Principal principal, Topic topic, StartPosition start) {
        principal.require(Capability.SUBSCRIBE, topic);
        boolean past = switch (start) {
            case StartPosition.Live live -> false;
            case StartPosition.After after -> false;
            case StartPosition.From from -> true;
            case StartPosition.Newest newest -> true;
        };
        if (past) {
            principal.require(Capability.HISTORY, topic);
        }
    }
}
