package dev.sandpiper.runtime.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.KeyId;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.runtime.config.Secret;
import dev.sandpiper.runtime.config.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

class KeyCacheProperties {
    private static final Peppers PEPPERS =
            Peppers.of(AuthConfig.from(new Settings(name -> null)), new Secret("a secret of the whole installation"));

    private static final KeyId ID = new KeyId("k".repeat(16));

    /** What may arrive about one key, in any order: an answer of the database, or word of a change. */
    record Arrival(Kind kind, long version) {}

    enum Kind {
        LOADED,
        LOADED_REVOKED,
        CHANGED,
        REVOKED
    }

    @Property(tries = 1_000)
    void theLatestVersionWinsInWhateverOrderItArrives(@ForAll("arrivals") List<Arrival> arrivals) {
        var cache = new KeyCache(100, Duration.ofSeconds(1), PEPPERS);
        long latest = 0;
        for (Arrival arrival : arrivals) {
            deliver(cache, arrival);
            latest = Math.max(latest, arrival.version());

            CachedKey kept = Objects.requireNonNull(cache.get(ID.value()));
            assertThat(kept.version()).isEqualTo(latest);
        }
    }

    @Example
    void aLoadThatBeganBeforeTheRevocationDoesNotBringTheKeyBack() {
        var cache = new KeyCache(100, Duration.ofSeconds(1), PEPPERS);
        cache.changed(new KeyChange(ID, 8, KeyChange.Kind.GONE), 0);

        CachedKey kept = cache.loaded(stored(ID, 7, null), 0);

        assertThat(kept.state()).isEqualTo(CachedKey.State.GONE);
    }

    @Example
    void aKeyThatChangedIsLoadedAgainBeforeItIsBelieved() {
        var cache = new KeyCache(100, Duration.ofSeconds(1), PEPPERS);
        cache.loaded(stored(ID, 7, null), 0);

        cache.changed(new KeyChange(ID, 8, KeyChange.Kind.CHANGED), 0);
        assertThat(state(cache)).isEqualTo(CachedKey.State.OUTDATED);

        cache.loaded(stored(ID, 8, null), 0);
        assertThat(state(cache)).isEqualTo(CachedKey.State.USABLE);
    }

    @Example
    void anIdThatDoesNotExistIsBelievedNotToForAWhile() {
        var cache = new KeyCache(100, Duration.ofNanos(50), PEPPERS);
        cache.absent(ID.value(), 1_000);

        assertThat(cache.isMissing(ID.value(), 1_049)).isTrue();
        assertThat(cache.isMissing(ID.value(), 1_050)).isFalse();
    }

    @Property(tries = 100)
    void neitherKeysNorMissingIdsOutgrowTheCache(@ForAll("capacities") int capacity) {
        var cache = new KeyCache(capacity, Duration.ofHours(1), PEPPERS);
        int missing = 0;
        for (int i = 0; i < 10 * capacity; i++) {
            cache.loaded(stored(new KeyId("%016d".formatted(i)), i, null), 0);
            cache.absent("missing-%08d".formatted(i), 0);
            assertThat(cache.size()).isLessThanOrEqualTo(capacity);
        }
        for (int i = 0; i < 10 * capacity; i++) {
            missing += cache.isMissing("missing-%08d".formatted(i), 0) ? 1 : 0;
        }
        assertThat(missing).isBetween(capacity / 2, capacity);
        assertThat(cache.size()).isGreaterThanOrEqualTo(capacity / 2);
    }

    @Provide
    Arbitrary<List<Arrival>> arrivals() {
        return Combinators.combine(
                        Arbitraries.of(Kind.class), Arbitraries.longs().between(1, 9))
                .as(Arrival::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(20);
    }

    @Provide
    Arbitrary<Integer> capacities() {
        return Arbitraries.integers().between(16, 200);
    }

    private static void deliver(KeyCache cache, Arrival arrival) {
        long version = arrival.version();
        switch (arrival.kind()) {
            case LOADED -> cache.loaded(stored(ID, version, null), 0);
            case LOADED_REVOKED -> cache.loaded(stored(ID, version, Instant.EPOCH), 0);
            case CHANGED -> cache.changed(new KeyChange(ID, version, KeyChange.Kind.CHANGED), 0);
            case REVOKED -> cache.changed(new KeyChange(ID, version, KeyChange.Kind.GONE), 0);
        }
    }

    private static CachedKey.State state(KeyCache cache) {
        return Objects.requireNonNull(cache.get(ID.value())).state();
    }

    private static StoredKey stored(KeyId id, long version, @Nullable Instant revokedAt) {
        var principal = new Principal(AuthWorld.ACME, AuthWorld.WEB, id, Set.of());
        return new StoredKey(principal, new byte[32], "pepper", CallerLimits.NONE, null, revokedAt, version);
    }
}
