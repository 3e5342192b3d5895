package dev.sandpiper.topics;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.domain.Violation;
import dev.sandpiper.runtime.audit.AuditOrigin;
import dev.sandpiper.runtime.events.TopicRule;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Changes rules: reads those of the project, decides, and writes if nothing else was changed meanwhile; otherwise it decides again. Safe
 * for use by several threads; answers come on the caller's context.
 */
final class RuleAdmin {
    private static final int ATTEMPTS = 8;

    private final Vertx vertx;
    private final RuleStore store;
    private final RuleDecisions decisions;
    private final RecentEvents recent;
    private final Consumer<RuleChange> announce;

    RuleAdmin(
            Vertx vertx, RuleStore store, RuleDecisions decisions, RecentEvents recent, Consumer<RuleChange> announce) {
        this.vertx = vertx;
        this.store = store;
        this.decisions = decisions;
        this.recent = recent;
        this.announce = announce;
    }

    /**
     * A change that somebody wants.
     *
     * @param spec null to take the rule away
     * @param backward whether the new schema must let pass what the former one did
     * @param by who wants it
     */
    record Change(
            TenantId tenant,
            ProjectId project,
            TopicPattern pattern,
            @Nullable RuleSpec spec,
            Expectation expected,
            boolean backward,
            AuditOrigin by) {}

    /** @param created whether there was no rule with this pattern before */
    record Outcome(StoredRule rule, boolean created) {}

    /**
     * What a new rule would mean.
     *
     * @param checked events
     * @param failed how many of them it would have refused
     * @param failures some of those
     * @param incompatible what the former schema let pass and the new one may refuse, when that was asked
     */
    record Report(int checked, int failed, List<Failure> failures, List<Violation> incompatible) {}

    /** An event that would have been refused. */
    record Failure(StoredEvent event, List<Violation> errors) {}

    Future<Optional<StoredRule>> find(TenantId tenant, ProjectId project, TopicPattern pattern) {
        return store.load(tenant, project).map(set -> RuleDecisions.find(set, pattern));
    }

    Future<List<StoredRule>> list(TenantId tenant, ProjectId project, int limit, @Nullable String after) {
        return store.list(tenant, project, limit, after);
    }

    /** Fails with what {@link RuleDecisions#decide} says. */
    Future<Outcome> put(Change change, RuleSpec spec) {
        return put(change, spec, ATTEMPTS);
    }

    private Future<Outcome> put(Change change, RuleSpec spec, int attempts) {
        return store.load(change.tenant(), change.project())
                .compose(set -> elsewhere(() -> {
                            List<Violation> incompatible = decisions.decide(set, change);
                            if (!incompatible.isEmpty()) {
                                throw new PlatformException(new ConflictError.IncompatibleSchema(incompatible));
                            }
                            return RuleDecisions.find(set, change.pattern()).isEmpty();
                        })
                        .compose(created -> store.put(
                                        change.tenant(),
                                        change.project(),
                                        set.revision(),
                                        change.pattern(),
                                        spec,
                                        change.by())
                                .compose(written -> {
                                    if (written.isEmpty()) {
                                        return attempts > 1
                                                ? put(change, spec, attempts - 1)
                                                : overtaken(set, change.pattern());
                                    }
                                    announce.accept(new RuleChange(change.tenant(), change.project()));
                                    return Future.succeededFuture(new Outcome(written.get(), created));
                                })));
    }

    /** Fails with {@code RESOURCE_NOT_FOUND} when there is none. */
    Future<Void> delete(Change change) {
        return delete(change, ATTEMPTS);
    }

    private Future<Void> delete(Change change, int attempts) {
        return store.load(change.tenant(), change.project())
                .compose(set -> elsewhere(() -> {
                            if (RuleDecisions.find(set, change.pattern()).isEmpty()) {
                                throw new PlatformException(new ConflictError.ResourceNotFound("topic rule"));
                            }
                            return decisions.decide(set, change);
                        })
                        .compose(decided -> store.delete(
                                change.tenant(), change.project(), set.revision(), change.pattern(), change.by()))
                        .compose(done -> {
                            if (!done) {
                                return attempts > 1 ? delete(change, attempts - 1) : overtaken(set, change.pattern());
                            }
                            announce.accept(new RuleChange(change.tenant(), change.project()));
                            return Future.succeededFuture();
                        }));
    }

    /** Decides as {@link #put} does, and says what the newest events would have met with. Changes nothing. */
    Future<Report> tryOut(Change change, RuleSpec spec, int events) {
        return store.load(change.tenant(), change.project())
                .compose(set -> elsewhere(() -> decisions.decide(set, change))
                        .compose(incompatible -> recent.newest(
                                        change.tenant(), change.project(), change.pattern(), events)
                                .compose(newest -> elsewhere(() -> {
                                    TopicRule.PayloadSchema schema = decisions.schema(set, change);
                                    return report(newest, spec, schema, incompatible);
                                }))));
    }

    private static Report report(
            List<StoredEvent> events,
            RuleSpec spec,
            TopicRule.@Nullable PayloadSchema schema,
            List<Violation> incompatible) {
        List<Failure> failures = new ArrayList<>();
        int failed = 0;
        for (StoredEvent event : events) {
            List<Violation> errors = RuleDecisions.violations(event, spec, schema);
            if (!errors.isEmpty()) {
                failed++;
                if (failures.size() < TopicJson.MAX_FAILURES) {
                    failures.add(new Failure(event, errors));
                }
            }
        }
        return new Report(events.size(), failed, failures, incompatible);
    }

    /** Others change the project's rules all the time: the caller may try again. */
    private static <T> Future<T> overtaken(RuleStore.RuleSet set, TopicPattern pattern) {
        long version = RuleDecisions.find(set, pattern).map(StoredRule::version).orElse(0L);
        return Future.failedFuture(new PlatformException(new ConflictError.VersionMismatch(version)));
    }

    /** Compiling and comparing takes milliseconds. */
    private <T> Future<T> elsewhere(Callable<T> work) {
        return vertx.executeBlocking(work, false).map(done -> Objects.requireNonNull(done));
    }
}
