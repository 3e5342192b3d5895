package dev.sandpiper.retention.nats;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.retention.EventLog;
import dev.sandpiper.retention.EventLogs;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.runtime.nats.EventStores;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The streams that this node has opened. */
public final class NatsEventLogs implements EventLogs {
    private static final long WAIT_SECONDS = 10;

    private final EventStores stores;
    private final int rate;
    private final Map<EventStore, EventLog> logs = new ConcurrentHashMap<>();

    /** @param rate of events that are read from each in a second, at most */
    public NatsEventLogs(EventStores stores, int rate) {
        this.stores = stores;
        this.rate = rate;
    }

    @Override
    public List<EventLog> all() {
        List<EventLog> all = new ArrayList<>();
        stores.all().forEach(store -> all.add(log(store)));
        return all;
    }

    @Override
    public List<String> missing() {
        return stores.missing();
    }

    @Override
    public EventLog of(TenantId tenant) {
        try {
            return log(stores.of(tenant).await(WAIT_SECONDS, TimeUnit.SECONDS));
        } catch (TimeoutException e) {
            throw new PlatformException(new AvailabilityError.EventStoreUnavailable(), e);
        }
    }

    private EventLog log(EventStore store) {
        return logs.computeIfAbsent(store, any -> new NatsEventLog(store, rate));
    }
}
