package dev.sandpiper.publisher;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.runtime.bus.Bus;
import dev.sandpiper.runtime.bus.BusAddresses;
import dev.sandpiper.runtime.events.Publisher;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;
import org.jspecify.annotations.Nullable;

/** Publishes for nodes that have no publisher. Deploy one per event loop that should take part. */
public final class PublisherVerticle extends VerticleBase {
    private final Publisher publisher;
    private @Nullable MessageConsumer<Object> requests;

    public PublisherVerticle(Publisher publisher) {
        this.publisher = publisher;
    }

    @Override
    public Future<?> start() {
        var bus = new Bus(vertx);
        PublishMessages.register(bus);
        MessageConsumer<Object> consumer =
                bus.serve(BusAddresses.PUBLISH, PublishMessages.Request.class, this::publish);
        requests = consumer;
        return consumer.completion();
    }

    @Override
    public Future<?> stop() {
        MessageConsumer<Object> consumer = requests;
        return consumer == null ? Future.succeededFuture() : consumer.unregister();
    }

    private Future<PublishMessages.Envelope> publish(PublishMessages.Request request) {
        return publisher.publish(request.command()).transform(published -> {
            if (published.succeeded()) {
                return answer(new PublishMessages.Accepted(published.result()));
            }
            return published.cause() instanceof PlatformException e
                    ? answer(new PublishMessages.Refused(e.error()))
                    : answer(new PublishMessages.Refused(new AvailabilityError.Internal()));
        });
    }

    private static Future<PublishMessages.Envelope> answer(PublishMessages.Answer answer) {
        return Future.succeededFuture(new PublishMessages.Envelope(answer));
    }
}
