package dev.sandpiper.deadletters.nats;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.runtime.nats.ConsumerMetadata;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.runtime.nats.EventStores;
import dev.sandpiper.runtime.nats.JetStreamApi;
import dev.sandpiper.runtime.nats.JetStreamFault;
import dev.sandpiper.runtime.nats.Subjects;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What JetStream knows about the consumers of the event streams, whoever made them. */
final class StreamConsumers {
    private static final Topic ANY = new Topic("any");
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final int CONSUMER_NOT_FOUND = 10_014;

    private final JetStreamApi api;
    private final EventStores stores;

    StreamConsumers(EventStores stores) {
        this.api = stores.first().api();
        this.stores = stores;
    }

    /**
     * A consumer of the stream.
     *
     * @param durable its name on the stream
     * @param name in its tenant's words; the same when it has no other
     * @param owner null when nothing tells whose it is
     * @param filters the subjects that it gets; empty for all
     * @param maxDeliver 0 for no limit
     */
    record Known(
            String durable, String name, LetterSubjects.@Nullable Owner owner, List<String> filters, long maxDeliver) {}

    /** Null when there is none of this name (any more). */
    Future<@Nullable Known> find(String stream, String durable) {
        return api.call("$JS.API.CONSUMER.INFO." + stream + "." + durable, "", TIMEOUT)
                .<@Nullable Known>map(info -> known(stream, durable, info.path("config")))
                .recover(e -> e instanceof JetStreamFault fault && fault.code() == CONSUMER_NOT_FOUND
                        ? Future.succeededFuture(null)
                        : JetStreamLetters.translate(e));
    }

    /** The one that has this name now, which after a reset is another one on the stream; null when there is none. */
    Future<@Nullable Known> named(String stream, LetterSubjects.Owner owner, String name) {
        return named(stream, owner, name, 0).recover(JetStreamLetters::translate);
    }

    private Future<@Nullable Known> named(String stream, LetterSubjects.Owner owner, String name, int offset) {
        return api.call("$JS.API.CONSUMER.LIST." + stream, "{\"offset\":" + offset + "}", TIMEOUT)
                .compose(list -> {
                    for (JsonNode info : list.path("consumers")) {
                        Known known = known(stream, info.path("name").asText(), info.path("config"));
                        if (known.name().equals(name) && owner.equals(known.owner())) {
                            return Future.<@Nullable Known>succeededFuture(known);
                        }
                    }
                    int read = offset + list.path("consumers").size();
                    return read > offset && read < list.path("total").asInt()
                            ? named(stream, owner, name, read)
                            : Future.<@Nullable Known>succeededFuture(null);
                });
    }

    private Known known(String stream, String durable, JsonNode config) {
        List<String> filters = new ArrayList<>();
        if (config.hasNonNull("filter_subject")) {
            filters.add(config.path("filter_subject").asText());
        }
        config.path("filter_subjects").forEach(filter -> filters.add(filter.asText()));
        JsonNode metadata = config.path("metadata");
        return new Known(
                durable,
                metadata.path(ConsumerMetadata.NAME).asText(durable),
                owner(stream, metadata, filters),
                filters,
                Math.max(0, config.path("max_deliver").asLong()));
    }

    private LetterSubjects.@Nullable Owner owner(String stream, JsonNode metadata, List<String> filters) {
        try {
            if (metadata.hasNonNull(ConsumerMetadata.TENANT) && metadata.hasNonNull(ConsumerMetadata.PROJECT)) {
                return new LetterSubjects.Owner(
                        new TenantId(metadata.path(ConsumerMetadata.TENANT).asText()),
                        new ProjectId(metadata.path(ConsumerMetadata.PROJECT).asText()));
            }
            EventStore store = stores.named(stream);
            if (store == null) {
                return null;
            }
            Subjects subjects = store.subjects();
            for (String filter : filters) {
                Subjects.Address address = subjects.parse(filter.replaceAll("[*>]", ANY.name()));
                String example = subjects.stored(address.tenant(), address.project(), ANY);
                // Only a filter that names one project tells whose the consumer is.
                if (filter.startsWith(
                        example.substring(0, example.length() - ANY.name().length()))) {
                    return new LetterSubjects.Owner(address.tenant(), address.project());
                }
            }
        } catch (IllegalArgumentException e) {
            return null;
        }
        return null;
    }
}
