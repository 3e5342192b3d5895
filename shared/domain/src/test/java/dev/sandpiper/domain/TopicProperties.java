package dev.sandpiper.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class TopicProperties {
    @Property
    void namesOfSaneCharactersAreTaken(@ForAll("saneNames") String name) {
        assertThat(new Topic(name).name()).isEqualTo(name);
    }

    @Property
    void oneBadCharacterAnywhereIsRefused(
            @ForAll("saneNames") String name, @ForAll("badCharacters") String bad, @ForAll @IntRange(max = 40) int at) {
        int position = name.offsetByCodePoints(0, at % (name.codePointCount(0, name.length()) + 1));
        assertRefused(name.substring(0, position) + bad + name.substring(position));
    }

    @Property
    void lengthIsCountedInBytes(@ForAll @IntRange(min = 1, max = 300) int characters) {
        for (String letter : new String[] {"a", "é", "漢", "🐦"}) {
            String name = letter.repeat(characters);
            if (name.getBytes(StandardCharsets.UTF_8).length <= Topic.MAX_BYTES) {
                assertThat(new Topic(name).name()).isEqualTo(name);
            } else {
                assertRefused(name);
            }
        }
    }

    @Property(tries = 1)
    void anEmptyNameIsRefused() {
        assertRefused("");
    }

    private static void assertRefused(String name) {
        assertThatThrownBy(() -> new Topic(name))
                .isInstanceOfSatisfying(
                        PlatformException.class,
                        e -> assertThat(e.error().code()).isEqualTo("INVALID_TOPIC"));
    }

    @Provide
    Arbitrary<String> saneNames() {
        return Arbitraries.strings()
                .withCharRange('a', 'z')
                .withChars(".:/-_%$@+=,;!~#éßжक漢字ｱ".toCharArray())
                .ofMinLength(1)
                .ofMaxLength(40);
    }

    @Provide
    Arbitrary<String> badCharacters() {
        return Arbitraries.of(
                " ", "*", ">", "\t", "\n", "\r", "\0", "\u007f", "\u0085", "\u00a0", "\u2028", "\u2029", "\u3000",
                "\u200b", "\ufeff", "\u202e", "\ud800", "\udc00");
    }
}
