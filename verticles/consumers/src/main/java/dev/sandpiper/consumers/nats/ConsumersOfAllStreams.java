package dev.sandpiper.consumers.nats;

import dev.sandpiper.consumers.Consumer;
import dev.sandpiper.consumers.ConsumerState;
import dev.sandpiper.consumers.ConsumerStream;
import dev.sandpiper.consumers.PulledEvent;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.events.EventFilter;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.runtime.nats.EventStores;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Each consumer is on the stream that its tenant's events lie in. What is said about a delivery reaches every stream alike. */
public final class ConsumersOfAllStreams implements ConsumerStream {
    private final Vertx vertx;
    private final EventStores stores;
    private final Map<EventStore, JetStreamConsumers> streams = new ConcurrentHashMap<>();

    public ConsumersOfAllStreams(Vertx vertx, EventStores stores) {
        this.vertx = vertx;
        this.stores = stores;
    }

    private JetStreamConsumers on(EventStore store) {
        return streams.computeIfAbsent(store, any -> new JetStreamConsumers(vertx, store));
    }

    private Future<ConsumerStream> of(TenantId tenant) {
        return stores.of(tenant).map(this::on);
    }

    private ConsumerStream any() {
        return on(stores.first());
    }

    @Override
    public Future<Void> ensure(Consumer consumer) {
        return of(consumer.tenant()).compose(stream -> stream.ensure(consumer));
    }

    @Override
    public Future<ConsumerState> state(Consumer consumer) {
        return of(consumer.tenant()).compose(stream -> stream.state(consumer));
    }

    /** Its name is used once, so it is on one stream at most. */
    @Override
    public Future<Void> remove(String durable) {
        return Future.join(stores.all().stream()
                        .map(store -> on(store).remove(durable))
                        .toList())
                .mapEmpty();
    }

    @Override
    public Future<List<PulledEvent>> pull(
            Consumer consumer, int batch, Duration wait, @Nullable Supplier<EventFilter> filter) {
        return of(consumer.tenant()).compose(stream -> stream.pull(consumer, batch, wait, filter));
    }

    @Override
    public Future<@Nullable PublishReceipt> published(PublishCommand command, long after) {
        return of(command.tenant()).compose(stream -> stream.published(command, after));
    }

    @Override
    public Future<Void> acknowledge(String reply) {
        return any().acknowledge(reply);
    }

    @Override
    public Future<Void> terminate(String reply, @Nullable String reason) {
        return any().terminate(reply, reason);
    }

    @Override
    public Future<Void> refuse(String reply, Duration delay) {
        return any().refuse(reply, delay);
    }

    @Override
    public Future<Void> prolong(String reply) {
        return any().prolong(reply);
    }
}
