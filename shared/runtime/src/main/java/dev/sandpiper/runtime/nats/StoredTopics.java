package dev.sandpiper.runtime.nats;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Asks the stream which topics have events. */
final class StoredTopics {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final JetStreamApi api;
    private final Subjects subjects;

    StoredTopics(JetStreamApi api, Subjects subjects) {
        this.api = api;
        this.subjects = subjects;
    }

    Future<List<Topic>> of(TenantId tenant, ProjectId project) {
        return page(subjects.storedOf(tenant, project), new ArrayList<>());
    }

    /** The server answers with so many at a time. */
    private Future<List<Topic>> page(String filter, List<Topic> topics) {
        var body = new JsonObject().put("subjects_filter", filter).put("offset", topics.size());
        return api.call("$JS.API.STREAM.INFO." + subjects.stream(), body.encode(), TIMEOUT)
                .compose(info -> {
                    JsonNode found = info.path("state").path("subjects");
                    for (Iterator<String> names = found.fieldNames(); names.hasNext(); ) {
                        topics.add(subjects.parse(names.next()).topic());
                    }
                    boolean more = !found.isEmpty()
                            && topics.size() < info.path("total").asLong();
                    return more ? page(filter, topics) : Future.succeededFuture(topics);
                });
    }
}
