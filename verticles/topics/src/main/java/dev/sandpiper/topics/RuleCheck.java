package dev.sandpiper.topics;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishOptions;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Violation;
import dev.sandpiper.runtime.events.TopicRule;
import java.time.Duration;
import java.util.List;

/**
 * Whether an event keeps the rule of its topic, and what the rule makes of it: its class, its time to live, how long its key is
 * remembered. Where there is no rule this is a look into a map and nothing else. Safe for use by several threads.
 */
final class RuleCheck {
    private static final List<Violation> NO_JSON = List.of(new Violation("", "must be JSON"));
    private static final PublishOptions NOTHING = new PublishOptions(null, null, null);

    private final RuleBook rules;
    private final TopicMetrics metrics;

    RuleCheck(RuleBook rules, TopicMetrics metrics) {
        this.rules = rules;
        this.metrics = metrics;
    }

    /**
     * The event as it is to be published.
     *
     * @throws PlatformException saying what the rule has against it
     */
    PublishCommand keep(PublishCommand command) {
        TopicRule rule = rules.of(command.tenant(), command.project(), command.topic());
        if (rule.version() == 0 && rules.isComplete()) {
            return command;
        }
        try {
            return keep(command, rule);
        } catch (PlatformException e) {
            metrics.refused(e.error().code());
            throw e;
        }
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
        return completed(classified, rule);
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

    /** With what the rule says where the event does not. */
    private static PublishCommand completed(PublishCommand command, TopicRule rule) {
        Duration ttl = rule.ttl();
        Duration window = rule.dedupeWindow();
        DeliveryClass promised = command.deliveryClass();
        PublishOptions options = command.options();
        PublishOptions said = options == null ? NOTHING : options;
        PublishOptions wanted = said;
        if (ttl != null && wanted.ttl() == null && promised != DeliveryClass.EPHEMERAL) {
            wanted = wanted.withTtl(ttl);
        }
        if (window != null && promised == DeliveryClass.EXACTLY_ONCE) {
            Duration asked = wanted.remember();
            wanted = wanted.withRemember(asked == null || asked.compareTo(window) < 0 ? window : asked);
        }
        return wanted.equals(said) ? command : command.with(wanted);
    }
}
