package dev.sandpiper.testkit;

import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.EventHeaders;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.TenantId;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Events to publish. */
public final class Events {
    private Events() {}

    /** Durable, to any topic, JSON or binary, with and without a key, a sender, a name and headers. */
    public static Arbitrary<PublishCommand> any(TenantId tenant, ProjectId project) {
        Arbitrary<PublishCommand> json = Combinators.combine(
                        Topics.any(), names(), Payloads.json(), labels().injectNull(0.5), labels().injectNull(0.5))
                .as((topic, event, data, key, sender) -> new PublishCommand(
                        tenant, project, topic, event, data, null, key, sender, DeliveryClass.DURABLE));
        Arbitrary<PublishCommand> binary = Combinators.combine(Topics.any(), names(), Payloads.binary())
                .as((topic, event, data) -> new PublishCommand(
                        tenant,
                        project,
                        topic,
                        event,
                        data,
                        "application/octet-stream",
                        null,
                        null,
                        DeliveryClass.DURABLE));
        return Combinators.combine(Arbitraries.frequencyOf(Tuple.of(3, json), Tuple.of(1, binary)), headers())
                .as(PublishCommand::withHeaders);
    }

    private static Arbitrary<String> names() {
        return Arbitraries.frequencyOf(
                Tuple.of(2, Arbitraries.just(PublishCommand.DEFAULT_EVENT)),
                Tuple.of(2, labels()),
                Tuple.of(1, Arbitraries.of("größe", "新しい", "🎉 party")));
    }

    /** None half of the time. */
    private static Arbitrary<EventHeaders> headers() {
        Arbitrary<String> values = Arbitraries.frequencyOf(
                Tuple.of(3, labels()),
                Tuple.of(2, Arbitraries.of("", " ", "50%", "a: b\\\"", " größer ", "新しい", "🎉")),
                Tuple.of(1, Arbitraries.strings().withCharRange(' ', '~').ofMaxLength(200)));
        Arbitrary<EventHeaders> some = Arbitraries.maps(labels(), values)
                .ofMinSize(1)
                .ofMaxSize(EventHeaders.MAX_COUNT)
                .map(EventHeaders::of);
        return Arbitraries.frequencyOf(Tuple.of(1, Arbitraries.just(EventHeaders.NONE)), Tuple.of(1, some));
    }

    private static Arbitrary<String> labels() {
        return Arbitraries.strings()
                .withCharRange('a', 'z')
                .numeric()
                .withChars('-', '_', '.')
                .ofMinLength(1)
                .ofMaxLength(30);
    }
}
