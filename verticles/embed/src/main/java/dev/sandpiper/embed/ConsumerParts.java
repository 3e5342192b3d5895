package dev.sandpiper.embed;

import dev.sandpiper.consumers.ConsumerRoutes;
import dev.sandpiper.consumers.ConsumerService;
import dev.sandpiper.consumers.ConsumerStreams;
import dev.sandpiper.consumers.DeliveryTokens;
import dev.sandpiper.consumers.nats.ConsumersOfAllStreams;
import dev.sandpiper.consumers.postgres.PostgresConsumers;
import dev.sandpiper.consumers.postgres.PostgresLedger;
import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.protocol.PayloadLimit;
import dev.sandpiper.runtime.audit.AuditTrail;
import dev.sandpiper.runtime.events.Consumers;
import dev.sandpiper.runtime.events.EventFilters;
import dev.sandpiper.runtime.events.Publisher;
import dev.sandpiper.runtime.http.Routes;
import dev.sandpiper.runtime.lifecycle.ShutdownStage;
import dev.sandpiper.runtime.nats.EventStores;
import dev.sandpiper.topics.TopicService;
import io.vertx.core.Future;

/**
 * Durable consumers.
 *
 * @param streams for workers that stay connected
 */
record ConsumerParts(Routes routes, Consumers streams) {
    /** Where an event ends that keeps every rule, when it is only to be checked. */
    private static Future<PublishReceipt> admit(PublishCommand command) {
        return command.deliveryClass() == DeliveryClass.EPHEMERAL
                ? Future.failedFuture(new PlatformException(new RequestError.InvalidParameter(
                        "topic", "is of class ephemeral: what is not stored cannot be published once")))
                : Future.succeededFuture();
    }

    static ConsumerParts start(
            Start start,
            EventStores stores,
            EventParts events,
            TopicService topics,
            CursorCodec cursors,
            EventFilters filters,
            AuditTrail audit) {
        Publisher rules = topics.enforce(ConsumerParts::admit);
        var service = new ConsumerService(
                start.vertx(),
                new ConsumerService.Parts(
                        new PostgresConsumers(start.database(), audit),
                        new ConsumersOfAllStreams(start.vertx(), stores),
                        new PostgresLedger(start.database()),
                        stores,
                        filters,
                        events.publisher(),
                        command -> rules.publish(command).mapEmpty(),
                        new DeliveryTokens(
                                DerivedSecrets.deliveryKey(start.general().secret())),
                        cursors,
                        start.config().nats().dedupeWindow()),
                start.config().consumers(),
                start.registry());
        service.start();
        start.shutdown().add(ShutdownStage.NOTIFY, "consumers", () -> {
            service.drain();
            return Future.succeededFuture();
        });
        start.shutdown().add(ShutdownStage.DISCONNECT, "consumers", service::stop);
        PayloadLimit payload = start.config().http().payload();
        return new ConsumerParts(
                new ConsumerRoutes(service, cursors, payload), new ConsumerStreams(start.vertx(), service, payload));
    }
}
