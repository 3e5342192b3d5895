package dev.sandpiper.topics;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.runtime.audit.AuditOrigin;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where rules are kept. Tenant and project are explicit in every call.
 *
 * <p>Every future fails with a {@link dev.sandpiper.domain.PlatformException}: {@code DATABASE_UNAVAILABLE}, or what the method
 * names. Answers come on the caller's context.
 */
public interface RuleStore {
    /**
     * All rules of a project, as they are at one moment.
     *
     * @param revision counts the changes of the project's rules; 0 when there never was one
     */
    record RuleSet(TenantId tenant, ProjectId project, long revision, List<StoredRule> rules) {
        public RuleSet {
            rules = List.copyOf(rules);
        }
    }

    /**
     * What changed since the last question.
     *
     * @param version to ask with next
     * @param startAgain the database is an older one than before: ask again from 0, and forget what is known
     * @param more there are further changes: ask again at once
     */
    record Changes(List<RuleSet> changed, long version, boolean startAgain, boolean more) {
        public Changes {
            changed = List.copyOf(changed);
        }
    }

    Future<RuleSet> load(TenantId tenant, ProjectId project);

    /**
     * Rules in the order of their patterns.
     *
     * @param after the pattern of the last rule of the page before; null for the first page
     */
    Future<List<StoredRule>> list(TenantId tenant, ProjectId project, int limit, @Nullable String after);

    /**
     * Puts a rule in the place of the one with its pattern, or of none, unless the project's rules have changed since the
     * given revision: then nothing happens and the answer is empty. Fails with {@code RESOURCE_NOT_FOUND} when there is no such
     * project.
     */
    Future<Optional<StoredRule>> put(
            TenantId tenant, ProjectId project, long revision, TopicPattern pattern, RuleSpec spec, AuditOrigin by);

    /** Takes a rule away, likewise. Tells whether it did. */
    Future<Boolean> delete(TenantId tenant, ProjectId project, long revision, TopicPattern pattern, AuditOrigin by);

    /** @param version 0 for everything there is */
    Future<Changes> changesSince(long version);
}
