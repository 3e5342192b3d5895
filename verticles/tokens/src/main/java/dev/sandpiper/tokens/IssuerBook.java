package dev.sandpiper.tokens;

import dev.sandpiper.domain.IssuerId;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Every issuer of the installation, ready for use. Some ten per project at most and about a kilobyte each: a node keeps them all, and
 * asks nobody when a token comes. Reading takes no lock; one writer.
 */
final class IssuerBook {
    private record Name(TenantId tenant, ProjectId project, String issuer) {}

    private final Map<IssuerId, Checker> byId = new ConcurrentHashMap<>();
    private final Map<Name, Checker> byName = new ConcurrentHashMap<>();
    private final Function<Issuer, Checker> prepare;

    /** @param prepare makes what checks the word of an issuer */
    IssuerBook(Function<Issuer, Checker> prepare) {
        this.prepare = prepare;
    }

    @Nullable
    Checker find(IssuerId id) {
        return byId.get(id);
    }

    @Nullable
    Checker find(TenantId tenant, ProjectId project, String issuer) {
        return byName.get(new Name(tenant, project, issuer));
    }

    /** Whether it is still what is asked: one that was changed since is another. */
    boolean isCurrent(Checker checker) {
        return byId.get(checker.issuer().id()) == checker;
    }

    boolean has(IssuerId id) {
        return byId.containsKey(id);
    }

    void take(TokenStore.IssuerState state) {
        Issuer issuer = state.issuer();
        if (issuer == null) {
            Checker gone = byId.remove(state.id());
            if (gone != null) {
                byName.remove(name(gone.issuer()), gone);
            }
            return;
        }
        // In place: one that is changed is not missing for a moment, and its name never changes.
        Checker before = byId.get(issuer.id());
        Checker checker = before == null ? prepare.apply(issuer) : before.changed(issuer);
        byId.put(issuer.id(), checker);
        byName.put(name(issuer), checker);
    }

    void clear() {
        byId.clear();
        byName.clear();
    }

    int size() {
        return byId.size();
    }

    private static Name name(Issuer issuer) {
        return new Name(issuer.tenant(), issuer.project(), issuer.name());
    }
}
