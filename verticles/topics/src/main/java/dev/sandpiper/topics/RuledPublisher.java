package dev.sandpiper.topics;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Violation;
import dev.sandpiper.runtime.events.Publisher;
import dev.sandpiper.runtime.events.TopicRule;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.List;

/**
 * Lets an event through to the publisher only when it keeps the rule of its topic, and gives it the class that the rule says. Where
 * there is no rule it adds a look into a map and nothing else.
 */
final class RuledPublisher implements Publisher {
    private static final List<Violation> NO_JSON = List.of(new Violation("", "must be JSON"));

    private final VertxInternal vertx;
    private final RuleBook rules;
    private final TopicMetrics metrics;
    private final Publisher next;

    RuledPublisher(Vertx vertx, RuleBook rules, TopicMetrics metrics, Publisher next) {
        this.vertx = (VertxInternal) vertx;
        this.rules = rules;
        this.metrics = metrics;
        this.next = next;
    }

    @Override
    public Future<PublishReceipt> publish(PublishCommand command) {
        TopicRule rule = rules.of(command.tenant(), command.project(), command.topic());
        if (rule.version() == 0 && rules.isComplete()) {
            return next.publish(command);
        }
        PublishCommand kept;
        try {
            kept = keep(command, rule);
        } catch (PlatformException e) {
            metrics.refused(e.error().code());
            return vertx.getOrCreateContext().failedFuture(e);
        }
        return next.publish(kept);
    }

    private PublishCommand keep(PublishCommand command, TopicRule rule) {
        if (!rules.isComplete()) {
            throw new PlatformException(new AvailabilityError.DatabaseUnavailable());
        }
        PublishCommand classified = classified(command, rule);
        if (rule.maxPayload() > 0 && command.data().length > rule.maxPayload()) {
            throw new PlatformException(new RequestError.PayloadTooLarge(rule.maxPayload()));
        }
        TopicRule.PayloadSchema schema = rule.schema();
        if (schema != null) {
            List<Violation> violations = metrics.timed(() -> violations(schema, command));
            if (!violations.isEmpty()) {
                throw new PlatformException(new RequestError.InvalidEventPayload(violations));
            }
        }
        return classified;
    }

    private static List<Violation> violations(TopicRule.PayloadSchema schema, PublishCommand command) {
        return command.contentType() == null ? schema.violations(command.data()) : NO_JSON;
    }

    /** What consumers of an exactly-once topic rely on is not up to one publisher. */
    private static PublishCommand classified(PublishCommand command, TopicRule rule) {
        DeliveryClass ruled = rule.deliveryClass();
        DeliveryClass requested = command.requestedClass();
        if (ruled == null || requested == ruled) {
            return command;
        }
        if (requested == null) {
            return command.withClass(ruled);
        }
        if (ruled == DeliveryClass.EXACTLY_ONCE) {
            throw new PlatformException(
                    new RequestError.InvalidParameter("class", "must be exactly-once on this topic, or left out"));
        }
        return command;
    }
}
