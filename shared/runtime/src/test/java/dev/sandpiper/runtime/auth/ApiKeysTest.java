package dev.sandpiper.runtime.auth;

import static dev.sandpiper.runtime.auth.AuthWorld.ACME;
import static dev.sandpiper.runtime.auth.AuthWorld.APP;
import static dev.sandpiper.runtime.auth.AuthWorld.PUBLISH;
import static dev.sandpiper.runtime.auth.AuthWorld.WEB;
import static dev.sandpiper.runtime.auth.AuthWorld.assertFails;
import static dev.sandpiper.runtime.auth.AuthWorld.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.KeyId;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.testkit.PostgresFixture;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ApiKeysTest {
    private static final TenantId OTHER = new TenantId("other");

    private final AuthWorld world =
            new AuthWorld(PostgresFixture.shared().createDatabase().url(), Map.of());

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void aKeyIsShownOnceAndNowhereKept() {
        Instant expiry = world.clock.instant().plus(Duration.ofDays(90));
        IssuedKey issued = await(world.keys.create(
                new NewKey(ACME, WEB, "deploy bot", Set.of(Scope.EVENTS_PUBLISH, Scope.ADMIN_READ), expiry)));

        String credential = issued.key().reveal();
        assertThat(issued.info().id().value()).isEqualTo(credential.substring(8, 24));
        assertThat(issued.info())
                .isEqualTo(new KeyInfo(
                        issued.info().id(),
                        ACME,
                        WEB,
                        "deploy bot",
                        KeyGrant.of(Set.of(Scope.ADMIN_READ, Scope.EVENTS_PUBLISH))
                                .until(expiry),
                        world.clock.instant(),
                        null,
                        null,
                        null));
        assertThat(issued.toString()).doesNotContain(credential);
        assertThat(await(world.keys.find(ACME, issued.info().id()))).contains(issued.info());
        String secret = credential.substring(25, 68);
        for (Row row : await(world.database
                .platform()
                .query("SELECT k::text AS all, encode(hmac, 'escape') AS mac FROM api_keys k"))) {
            assertThat(row.getString("all")).doesNotContain(secret);
            assertThat(row.getString("mac")).doesNotContain(secret);
        }
    }

    @Test
    void aKeyNeedsAProjectAndAProjectATenant() {
        var unknown = new ProjectId("unknown");

        assertFails(world.keys.create(new NewKey(ACME, unknown, "k", PUBLISH, null)), "RESOURCE_NOT_FOUND");
        assertFails(world.keys.create(new NewKey(OTHER, WEB, "k", PUBLISH, null)), "RESOURCE_NOT_FOUND");
        assertFails(world.keys.createProject(OTHER, WEB, "Web"), "RESOURCE_NOT_FOUND");
    }

    @Test
    void whatExistsIsNotMadeAgain() {
        assertThat(await(world.keys.createTenant(ACME, "Another name", "pro"))).isFalse();
        assertThat(await(world.keys.createProject(ACME, WEB, "Another name"))).isFalse();
        assertThat(await(world.keys.createTenant(OTHER, "Other", "pro"))).isTrue();
        assertThat(await(world.keys.createProject(OTHER, WEB, "Web"))).isTrue();
    }

    @Test
    void pagesTogetherHoldEveryKeyOnceOldestFirst() {
        List<KeyId> made = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            made.add(world.issue().info().id());
            if (i % 3 == 2) { // some are made at the same time
                world.clock.advance(Duration.ofMillis(1));
            }
        }

        List<KeyInfo> listed = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        String after = null;
        do {
            Page<KeyInfo> page = await(world.keys.list(ACME, WEB, 2, after));
            listed.addAll(page.items());
            sizes.add(page.items().size());
            after = page.next();
        } while (after != null);

        assertThat(sizes).containsExactly(2, 2, 2, 1);
        assertThat(listed).extracting(KeyInfo::id).containsExactlyInAnyOrderElementsOf(made);
        assertThat(listed).isSortedAccordingTo(Comparator.comparing(KeyInfo::createdAt));
        assertThat(await(world.keys.list(ACME, WEB, 7, null)).next()).isNull();
    }

    @Test
    void aListHoldsTheKeysOfItsTenantAndProjectOnly() {
        await(world.keys.createTenant(OTHER, "Other", "free"));
        await(world.keys.createProject(OTHER, WEB, "Web"));
        KeyId foreign = await(world.keys.create(new NewKey(OTHER, WEB, "k", PUBLISH, null)))
                .info()
                .id();
        KeyId app = await(world.keys.create(new NewKey(ACME, APP, "k", PUBLISH, null)))
                .info()
                .id();
        KeyId web = world.issue().info().id();

        assertThat(ids(await(world.keys.list(ACME, WEB, 10, null)))).containsExactly(web);
        assertThat(ids(await(world.keys.list(ACME, APP, 10, null)))).containsExactly(app);
        assertThat(ids(await(world.keys.list(ACME, null, 10, null)))).containsExactlyInAnyOrder(app, web);
        assertThat(ids(await(world.keys.list(OTHER, null, 10, null)))).containsExactly(foreign);
        assertThat(await(world.keys.find(ACME, foreign))).isEmpty();
        assertFails(world.keys.revoke(ACME, foreign), "RESOURCE_NOT_FOUND");
    }

    @Test
    void aPositionThatNoPageGaveIsRefused() {
        for (String after : List.of("", "x", "!!", "MTIz", "LjEyMw", "YWJjLmRlZg")) {
            assertFails(world.keys.list(ACME, WEB, 10, after), "INVALID_PARAMETER");
        }
    }

    @Test
    void aRevokedKeyStaysListedWithTheTimeOfItsFirstRevocation() {
        KeyId id = world.issue().info().id();
        Instant revoked = world.clock.instant();
        await(world.keys.revoke(ACME, id));
        world.clock.advance(Duration.ofMinutes(1));

        assertThat(await(world.keys.revoke(ACME, id)).revokedAt()).isEqualTo(revoked);
        assertThat(await(world.keys.list(ACME, WEB, 10, null))
                        .items()
                        .getFirst()
                        .revokedAt())
                .isEqualTo(revoked);
        assertFails(world.keys.revoke(ACME, new KeyId("0".repeat(16))), "RESOURCE_NOT_FOUND");
    }

    private static List<KeyId> ids(Page<KeyInfo> page) {
        return page.items().stream().map(KeyInfo::id).toList();
    }
}
