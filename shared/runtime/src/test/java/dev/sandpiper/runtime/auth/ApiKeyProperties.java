package dev.sandpiper.runtime.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.KeyId;
import dev.sandpiper.runtime.config.Secret;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class ApiKeyProperties {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String TYPABLE = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_- ";
    private final Pepper pepper = new Pepper(new Secret("0123456789abcdef"));

    @Property(tries = 500)
    void whatWasMadeCanBeReadAgain(@ForAll("environments") String environment) {
        ApiKey made = ApiKey.generate(environment, RANDOM);
        String text = made.text().reveal();

        ApiKey read = Objects.requireNonNull(ApiKey.parse(text));

        assertThat(text).matches("sp_" + environment + "_[0-9A-Za-z]{16}_[0-9A-Za-z]{49}");
        assertThat(new KeyId(read.id()).value()).isEqualTo(made.id());
        assertThat(pepper.hmac(read)).isEqualTo(pepper.hmac(made));
        assertThat(made.toString()).doesNotContain(text.substring(text.length() - 49));
    }

    @Property(tries = 2_000)
    void oneWrongCharacterIsSeen(@ForAll("positions") int position, @ForAll("typable") char typed) {
        String text = ApiKey.generate("live", RANDOM).text().reveal();
        Assume.that(text.charAt(position) != typed);

        assertThat(ApiKey.parse(text.substring(0, position) + typed + text.substring(position + 1)))
                .isNull();
    }

    @Property(tries = 1_000)
    void twoSwappedCharactersAreSeen(@ForAll("positions") int position) {
        String text = ApiKey.generate("live", RANDOM).text().reveal();
        Assume.that(position + 1 < text.length());
        char first = text.charAt(position);
        char second = text.charAt(position + 1);
        Assume.that(first != second);

        assertThat(ApiKey.parse(text.substring(0, position) + second + first + text.substring(position + 2)))
                .isNull();
    }

    @Property(tries = 500)
    void whatIsCutOrLengthenedIsSeen(@ForAll("positions") int length, @ForAll("typable") char more) {
        String text = ApiKey.generate("live", RANDOM).text().reveal();

        assertThat(ApiKey.parse(text.substring(0, length))).isNull();
        assertThat(ApiKey.parse(text + more)).isNull();
    }

    @Property(tries = 1_000)
    void anyOtherTextIsNoKey(@ForAll String text) {
        assertThat(ApiKey.parse(text)).isNull();
        assertThat(ApiKey.parse("sp_" + text)).isNull();
        assertThat(ApiKey.parse("sp_live_" + text)).isNull();
    }

    @Property(tries = 300)
    void anotherSecretOfTheServerMakesAnotherHmac(@ForAll @IntRange(min = 16, max = 60) int length) {
        ApiKey key = ApiKey.generate("live", RANDOM);
        var other = new Pepper(new Secret("x".repeat(length)));

        assertThat(pepper.matches(key, pepper.hmac(key))).isTrue();
        assertThat(pepper.matches(key, other.hmac(key))).isFalse();
        assertThat(other.id()).isNotEqualTo(pepper.id());
    }

    @Example
    void noTwoAreAlikeAndEveryCharacterComesUp() {
        Set<String> ids = new HashSet<>();
        Set<String> secrets = new HashSet<>();
        int[] seen = new int[128];
        for (int i = 0; i < 2_000; i++) {
            String text = ApiKey.generate("live", RANDOM).text().reveal();
            ids.add(text.substring(8, 24));
            secrets.add(text.substring(25, 68));
            text.substring(25, 68).chars().forEach(c -> seen[c]++);
        }

        assertThat(ids).hasSize(2_000);
        assertThat(secrets).hasSize(2_000);
        // 86,000 draws from 62 digits: 1,387 each on average, with a standard deviation of 37.
        TYPABLE.chars().limit(62).forEach(c -> assertThat(seen[c]).as("%c", c).isBetween(1_387 - 260, 1_387 + 260));
    }

    @Example
    void aKnownKeyStaysValidForever() {
        String text = "sp_live_0123456789ABCDEF_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg";

        assertThat(ApiKey.parse(text + "23ZnFj")).isNotNull();
    }

    @Provide
    Arbitrary<String> environments() {
        Arbitrary<String> rest = Arbitraries.strings().withChars("abcxyz0189").ofMaxLength(11);
        return rest.map(text -> "e" + text);
    }

    @Provide
    Arbitrary<Integer> positions() {
        return Arbitraries.integers().between(0, 73);
    }

    @Provide
    Arbitrary<Character> typable() {
        return Arbitraries.of(TYPABLE.chars().mapToObj(c -> (char) c).toList());
    }
}
