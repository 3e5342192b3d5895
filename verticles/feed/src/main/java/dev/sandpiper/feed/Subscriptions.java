package dev.sandpiper.feed;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.ConnectionEnd;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.runtime.events.FeedRequest;
import dev.sandpiper.runtime.nats.Subjects;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who is catching up and who is attached to topics. Confined to the hub's strand, but for the methods that say otherwise. */
final class Subscriptions {
    private static final Logger log = LoggerFactory.getLogger(Subscriptions.class);

    private final FeedHub hub;
    private final Verification verification;
    private final Duration openTimeout;
    private final Set<CatchUp> catchUps = new HashSet<>();
    private final ArrayDeque<CatchUp> opening = new ArrayDeque<>();
    private volatile int replays;

    Subscriptions(FeedHub hub, Verification verification, Duration openTimeout) {
        this.hub = hub;
        this.verification = verification;
        this.openTimeout = openTimeout;
        hub.metrics().gauge("replays", "Subscriptions that have not caught up yet", this, all -> all.replays);
    }

    /** From an event loop. */
    void open(FeedRequest request, Subscriber subscriber) {
        hub.execute(() -> {
            if (hub.isClosed()) {
                subscriber.loop.insist(subscriber, Delivery.failed(new AvailabilityError.EventStoreUnavailable()));
                return;
            }
            HubTopic[] wanted = new HubTopic[request.topics().size()];
            for (int i = 0; i < wanted.length; i++) {
                wanted[i] = hub.join(new Subjects.Address(
                        request.tenant(), request.project(), request.topics().get(i)));
            }
            long deadline = System.nanoTime() + openTimeout.toNanos();
            CatchUp catchUp = new CatchUp(hub, subscriber, wanted, request.start(), deadline);
            opening.add(catchUp);
            await(catchUp);
            catchUp.step();
        });
    }

    /** From an event loop. */
    void close(Subscriber subscriber) {
        hub.execute(() -> {
            CatchUp catchUp = subscriber.catchUp;
            LoopTopic[] attached = subscriber.attached;
            if (catchUp != null) {
                catchUp.done = true;
                caughtUp(catchUp);
                for (HubTopic topic : catchUp.topics) {
                    hub.leave(topic);
                }
            } else if (attached != null) {
                detach(subscriber, attached);
                for (LoopTopic place : attached) {
                    hub.leave(place.topic);
                }
            }
        });
    }

    /**
     * From an event loop: the subscription could not hold all that it had to hold back, and wants to be given it again.
     *
     * @param from everything up to here was delivered
     */
    void rejoin(MergedSubscriber subscriber, long from) {
        hub.execute(() -> {
            LoopTopic[] places = subscriber.attached;
            if (hub.isClosed() || places == null) {
                return;
            }
            hub.metrics().rejoins.increment();
            detach(subscriber, places);
            subscriber.attached = null;
            HubTopic[] wanted = new HubTopic[places.length];
            boolean dropped = false;
            for (int i = 0; i < wanted.length; i++) {
                wanted[i] = places[i].topic;
                dropped |= wanted[i].dropped;
            }
            CatchUp catchUp = CatchUp.rejoining(hub, subscriber, wanted, from);
            await(catchUp);
            if (dropped) {
                // It was not there when the others were told.
                fail(subscriber, new ConnectionEnd.HistoryTrimmed());
            } else {
                catchUp.step();
            }
        });
    }

    /** Gives a subscription that has caught up its places. */
    LoopTopic[] attach(Subscriber subscriber, HubTopic[] wanted) {
        LoopTopic[] places = new LoopTopic[wanted.length];
        for (int i = 0; i < wanted.length; i++) {
            places[i] = wanted[i].on(subscriber.loop);
            places[i].attached++;
        }
        subscriber.attached = places;
        if (subscriber instanceof MergedSubscriber several) {
            verification.merge(several, places);
        }
        return places;
    }

    private void detach(Subscriber subscriber, LoopTopic[] places) {
        for (LoopTopic place : places) {
            place.topic.detached(place);
        }
        if (subscriber instanceof MergedSubscriber several) {
            verification.unmerge(several, places);
        }
    }

    /** From an event loop: the subscriber has taken what it was given. */
    void continueReplay(Subscriber subscriber) {
        hub.execute(() -> {
            CatchUp catchUp = subscriber.catchUp;
            if (catchUp != null) {
                catchUp.delivered();
            }
        });
    }

    private void await(CatchUp catchUp) {
        catchUp.subscriber.catchUp = catchUp;
        catchUps.add(catchUp);
        replays = catchUps.size();
    }

    /** The subscription is live, failed or closed: it needs no more attention. */
    void caughtUp(CatchUp catchUp) {
        if (catchUp.subscriber.catchUp == catchUp) {
            catchUp.subscriber.catchUp = null;
            catchUps.remove(catchUp);
            replays = catchUps.size();
        }
    }

    /** Those that could not be opened in time fail. */
    void expire(long now) {
        for (CatchUp next = opening.peek(); next != null; next = opening.peek()) {
            if (!next.done && !next.isOpened()) {
                if (now - next.deadline < 0) {
                    break;
                }
                log.atWarn()
                        .addKeyValue("subject", next.topics[0].storedSubject)
                        .log("A subscription could not be opened in time");
                fail(next.subscriber, new AvailabilityError.EventStoreUnavailable());
            }
            opening.remove();
        }
    }

    /** Those that are still catching up with this topic fail. */
    void failWaiting(HubTopic topic, PlatformError error) {
        for (CatchUp catchUp : catchUps) {
            if (!catchUp.done && List.of(catchUp.topics).contains(topic)) {
                fail(catchUp.subscriber, error);
            }
        }
    }

    void fail(Subscriber subscriber, PlatformError error) {
        CatchUp catchUp = subscriber.catchUp;
        if (catchUp != null) {
            catchUp.done = true;
        }
        subscriber.loop.insist(subscriber, Delivery.failed(error));
    }
}
