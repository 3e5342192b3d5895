package dev.sandpiper.embed;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.runtime.audit.AuditTrail;
import dev.sandpiper.runtime.events.Feed;
import dev.sandpiper.runtime.events.HistoryPage;
import dev.sandpiper.runtime.events.HistoryRequest;
import dev.sandpiper.runtime.lifecycle.ShutdownStage;
import dev.sandpiper.runtime.nats.EventStores;
import dev.sandpiper.topics.RecentEvents;
import dev.sandpiper.topics.TopicService;
import dev.sandpiper.topics.postgres.PostgresRules;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The rules of topics: read from PostgreSQL, put between every way in and the publisher. */
final class TopicParts {
    private TopicParts() {}

    /** Does not ask PostgreSQL yet, and lets no event through until it was asked. */
    static TopicService create(Start start, AuditTrail audit) {
        var service = new TopicService(
                start.vertx(),
                new PostgresRules(start.database(), audit),
                start.config().topics(),
                start.registry());
        start.shutdown().add(ShutdownStage.DISCONNECT, "topic rules", service::close);
        return service;
    }

    /** What history says of the topics that a pattern matches. */
    static RecentEvents recent(Feed feed, EventStores stores) {
        return new History(feed, stores);
    }

    private record History(Feed feed, EventStores stores) implements RecentEvents {
        /** Of those that a pattern with a wildcard matches. */
        private static final int MAX_TOPICS = 100;

        @Override
        public Future<List<StoredEvent>> newest(TenantId tenant, ProjectId project, TopicPattern pattern, int limit) {
            if (pattern.isExact()) {
                return newest(tenant, project, pattern.topic(), limit);
            }
            return stores.of(tenant)
                    .compose(store -> store.topics(tenant, project))
                    .compose(topics -> {
                        List<Future<List<StoredEvent>>> pages = topics.stream()
                                .filter(topic -> pattern.matches(topic))
                                .sorted(Comparator.comparing(Topic::name))
                                .limit(MAX_TOPICS)
                                .map(topic -> newest(tenant, project, topic, limit))
                                .toList();
                        return Future.all(pages).map(done -> {
                            List<StoredEvent> events = new ArrayList<>();
                            pages.forEach(page -> events.addAll(page.result()));
                            events.sort(Comparator.comparingLong(StoredEvent::sequence)
                                    .reversed());
                            return events.subList(0, Math.min(limit, events.size()));
                        });
                    });
        }

        private Future<List<StoredEvent>> newest(TenantId tenant, ProjectId project, Topic topic, int limit) {
            return feed.history(new HistoryRequest(tenant, project, topic, null, null, true, limit))
                    .map(HistoryPage::events);
        }
    }
}
