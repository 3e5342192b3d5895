package dev.sandpiper.retention;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.nats.Subjects;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is stored, by topic, project and tenant, up to a position in the stream. Every event is counted once, when the position
 * passes it. Confined to the janitor's thread.
 */
final class Ledger {
    private final Subjects subjects;
    private final Map<String, TopicUsage> topics = new HashMap<>();
    private final Map<TenantId, Map<ProjectId, ProjectUsage>> tenants = new HashMap<>();
    private int epoch;
    private long position;
    private Usage total = Usage.NOTHING;

    /** The topics of a project and what they have in all. */
    private static final class ProjectUsage {
        final Set<TopicUsage> topics = new HashSet<>();
        Usage total = Usage.NOTHING;
    }

    Ledger(Subjects subjects) {
        this.subjects = subjects;
    }

    /** Forgets everything: the stream is another. */
    void reset(int newEpoch) {
        topics.clear();
        tenants.clear();
        total = Usage.NOTHING;
        position = 0;
        epoch = newEpoch;
    }

    int epoch() {
        return epoch;
    }

    /** Everything stored at or below was counted. */
    long position() {
        return position;
    }

    void movedTo(long sequence) {
        position = Math.max(position, sequence);
    }

    Usage total() {
        return total;
    }

    int topicCount() {
        return topics.size();
    }

    void add(EventHead head) {
        if (head.sequence() > position) {
            position = head.sequence();
            change(topic(head.subject()), topic -> topic.add(head));
        }
    }

    /** Does something to what is known of a topic, and keeps the sums right. */
    void change(TopicUsage topic, Consumer<TopicUsage> action) {
        long events = topic.events();
        long bytes = topic.bytes();
        action.accept(topic);
        long moreEvents = topic.events() - events;
        long moreBytes = topic.bytes() - bytes;
        total = total.plus(moreEvents, moreBytes);
        Subjects.Address address = topic.address;
        if (address != null) {
            ProjectUsage project = project(address);
            project.total = project.total.plus(moreEvents, moreBytes);
            if (topic.events() == 0) {
                project.topics.remove(topic);
            } else {
                project.topics.add(topic);
            }
        }
        if (topic.events() == 0) {
            topics.remove(topic.subject);
        } else {
            topics.put(topic.subject, topic);
        }
    }

    /** What is known of a subject; nothing yet when it is new. */
    TopicUsage topic(String subject) {
        TopicUsage known = topics.get(subject);
        return known == null ? new TopicUsage(subject, address(subject)) : known;
    }

    List<TopicUsage> topics() {
        return List.copyOf(topics.values());
    }

    List<TenantId> tenants() {
        return List.copyOf(tenants.keySet());
    }

    List<ProjectId> projects(TenantId tenant) {
        return List.copyOf(tenants.getOrDefault(tenant, Map.of()).keySet());
    }

    List<TopicUsage> topics(TenantId tenant, ProjectId project) {
        ProjectUsage known = tenants.getOrDefault(tenant, Map.of()).get(project);
        return known == null ? List.of() : List.copyOf(known.topics);
    }

    List<TopicUsage> topics(TenantId tenant) {
        List<TopicUsage> all = new ArrayList<>();
        tenants.getOrDefault(tenant, Map.of()).values().forEach(project -> all.addAll(project.topics));
        return all;
    }

    Usage usage(TenantId tenant, ProjectId project) {
        ProjectUsage known = tenants.getOrDefault(tenant, Map.of()).get(project);
        return known == null ? Usage.NOTHING : known.total;
    }

    Usage usage(TenantId tenant) {
        Usage sum = Usage.NOTHING;
        for (ProjectUsage project : projectsOf(tenant)) {
            sum = sum.plus(project.total.events(), project.total.bytes());
        }
        return sum;
    }

    private Collection<ProjectUsage> projectsOf(TenantId tenant) {
        return tenants.getOrDefault(tenant, Map.of()).values();
    }

    private ProjectUsage project(Subjects.Address address) {
        return tenants.computeIfAbsent(address.tenant(), any -> new HashMap<>())
                .computeIfAbsent(address.project(), any -> new ProjectUsage());
    }

    private Subjects.@Nullable Address address(String subject) {
        try {
            return subjects.parse(subject);
        } catch (IllegalArgumentException e) {
            // Somebody else wrote to our subjects: it takes room, but it is nobody's.
            return null;
        }
    }
}
