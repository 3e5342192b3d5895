package dev.sandpiper.consumers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandpiper.domain.ConsumerError;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.TopicPattern;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class DeliveryTokensProperties {
    private static final Consumer MINE = consumer("acme", "shop", "billing", "c_1");

    private final DeliveryTokens tokens =
            new DeliveryTokens("0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII));

    @Property
    void aTokenComesBackAsItWent(@ForAll("claims") Claim claim) {
        String token = tokens.encode(MINE, claim);
        assertThat(token).matches("[A-Za-z0-9_-]{48}");
        assertThat(tokens.decode(MINE, token)).isEqualTo(claim);
    }

    @Property
    void aTokenIsWorthNothingElsewhere(
            @ForAll("claims") Claim claim,
            @ForAll("slugs") String tenant,
            @ForAll("slugs") String project,
            @ForAll("slugs") String name) {
        Consumer other = consumer(tenant, project, name, "c_1");
        Assume.that(!other.equals(MINE));
        assertRefused(tokens.encode(other, claim));
    }

    @Property
    void aChangedCharacterIsNoticed(
            @ForAll("claims") Claim claim, @ForAll @IntRange(max = 47) int at, @ForAll("letters") char letter) {
        String token = tokens.encode(MINE, claim);
        Assume.that(token.charAt(at) != letter);
        assertRefused(token.substring(0, at) + letter + token.substring(at + 1));
    }

    @Property
    void anythingElseIsRefused(@ForAll String text) {
        assertRefused(text);
    }

    @Property
    void noTwoOutputsShareAKey(
            @ForAll("claims") Claim one, @ForAll("claims") Claim two, @ForAll @IntRange(max = 99) int index) {
        Incarnation before = Incarnation.of(MINE);
        Incarnation after = Incarnation.of(consumer("acme", "shop", "billing", "c_2"));
        String key = tokens.outputKey(before, one.source(), index);
        assertThat(tokens.outputKey(before, one.source(), index)).isEqualTo(key);
        assertThat(tokens.outputKey(before, one.source(), index + 1)).isNotEqualTo(key);
        assertThat(tokens.outputKey(after, one.source(), index)).isNotEqualTo(key);
        if (!one.source().equals(two.source())) {
            assertThat(tokens.outputKey(before, two.source(), index)).isNotEqualTo(key);
        }
    }

    @Provide
    Arbitrary<Claim> claims() {
        return Combinators.combine(
                        Arbitraries.integers(),
                        Arbitraries.longs().greaterOrEqual(0),
                        Arbitraries.longs(),
                        Arbitraries.integers().greaterOrEqual(1))
                .as((epoch, sequence, fence, delivery) -> new Claim(new Cursor(epoch, sequence), fence, delivery));
    }

    @Provide
    Arbitrary<String> slugs() {
        return Arbitraries.strings()
                .withCharRange('a', 'z')
                .numeric()
                .ofMinLength(1)
                .ofMaxLength(40);
    }

    @Provide
    Arbitrary<Character> letters() {
        return Arbitraries.chars()
                .range('A', 'Z')
                .range('a', 'z')
                .range('0', '9')
                .with('-', '_');
    }

    private void assertRefused(String token) {
        assertThatThrownBy(() -> tokens.decode(MINE, token))
                .isInstanceOfSatisfying(
                        PlatformException.class,
                        refusal -> assertThat(refusal.error()).isEqualTo(new ConsumerError.InvalidDeliveryToken()));
    }

    private static Consumer consumer(String tenant, String project, String name, String durable) {
        var spec = new ConsumerSpec(
                name, List.of(new TopicPattern("*")), null, Duration.ofSeconds(30), 1, List.of(), 1, false);
        return new Consumer(
                new TenantId(tenant),
                new ProjectId(project),
                durable,
                spec,
                new ConsumerStart(new Cursor(0, 0), null),
                false,
                Instant.EPOCH);
    }
}
