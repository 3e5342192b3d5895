package dev.sandpiper.runtime.audit;

import dev.sandpiper.domain.Principal;
import org.jspecify.annotations.Nullable;

/**
 * Takes note of refused access. Such entries are in no transaction, since nothing was changed: they are gathered, like ones are
 * counted together, and they are written within seconds, so that a flood of bad credentials costs little. Safe for use by
 * several threads.
 */
@FunctionalInterface
public interface Refusals {
    Refusals IGNORED = refusal -> {};

    /**
     * One refused request.
     *
     * @param who the caller, when a credential proved it; null for nobody
     * @param code of the error it was answered with
     * @param route the method and the path as it is mounted, not as it was asked for: {@code DELETE /v1/admin/keys/:id}
     */
    record Refusal(@Nullable Principal who, String code, String route, String requestId, String address) {}

    /** Never fails, never waits. */
    void refused(Refusal refusal);
}
