package dev.sandpiper.consumers.nats;

import dev.sandpiper.consumers.Consumer;
import dev.sandpiper.consumers.ConsumerSpec;
import dev.sandpiper.consumers.ConsumerStart;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.nats.ConsumerMetadata;
import dev.sandpiper.runtime.nats.Subjects;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A consumer's settings in the words of JetStream's API. */
final class ConsumerSettings {
    private static final String REST = ".>";

    private final Subjects subjects;

    ConsumerSettings(Subjects subjects) {
        this.subjects = subjects;
    }

    /** The body of a request that makes the consumer, and changes nothing when it is there. */
    JsonObject of(Consumer consumer, int epoch) {
        ConsumerSpec spec = consumer.spec();
        JsonObject config = new JsonObject()
                .put("name", consumer.durable())
                .put("durable_name", consumer.durable())
                .put("filter_subjects", new JsonArray(filters(consumer)))
                .put("ack_policy", "explicit")
                .put("ack_wait", spec.ackWait().toNanos())
                .put("max_deliver", spec.maxDeliver())
                // With one event out at a time, its repetition goes before whatever comes after it.
                .put("max_ack_pending", spec.orderedByTopic() ? 1 : spec.maxInFlight())
                .put("replay_policy", "instant")
                .put(
                        "metadata",
                        new JsonObject()
                                .put(ConsumerMetadata.TENANT, consumer.tenant().value())
                                .put(
                                        ConsumerMetadata.PROJECT,
                                        consumer.project().value())
                                .put(ConsumerMetadata.NAME, consumer.name()));
        start(config, consumer.start(), epoch);
        return new JsonObject().put("stream_name", subjects.stream()).put("config", config);
    }

    private static void start(JsonObject config, ConsumerStart start, int epoch) {
        Instant time = start.time();
        if (time != null) {
            config.put("deliver_policy", "by_start_time").put("opt_start_time", time.toString());
        } else if (start.after().epoch() == epoch && start.after().sequence() > 0) {
            config.put("deliver_policy", "by_start_sequence")
                    .put("opt_start_seq", start.after().sequence() + 1);
        } else {
            config.put("deliver_policy", "all");
        }
    }

    /** Its topics, and what is redriven to it alone. JetStream refuses filters of which one lets pass what another does. */
    private List<String> filters(Consumer consumer) {
        TenantId tenant = consumer.tenant();
        ProjectId project = consumer.project();
        List<String> all = consumer.spec().topics().stream()
                .map(topic -> topic.isExact()
                        ? subjects.stored(tenant, project, topic.topic())
                        : subjects.storedUnder(tenant, project, topic.prefix()))
                .distinct()
                .toList();
        List<String> kept = new ArrayList<>();
        kept.add(subjects.redrivenFilter(tenant, project, consumer.durable()));
        for (String subject : all) {
            if (all.stream().noneMatch(other -> covers(other, subject))) {
                kept.add(subject);
            }
        }
        return kept;
    }

    private static boolean covers(String wide, String narrow) {
        return !wide.equals(narrow) && wide.endsWith(REST) && narrow.startsWith(wide.substring(0, wide.length() - 1));
    }
}
