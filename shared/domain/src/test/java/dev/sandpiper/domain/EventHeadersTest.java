package dev.sandpiper.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventHeadersTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "0", "-", ".", "_", "trace-id", "x.y_z-9"})
    void takesNamesOfLowerCaseLettersDigitsAndThreeSigns(String name) {
        assertThat(EventHeaders.of(Map.of(name, "v")).asMap()).isEqualTo(Map.of(name, "v"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A", "tracE", "a b", "a:", "a,b", "ä", "a\n", "a%", "a/b", "~", "\"", "a\0"})
    void refusesOtherNamesAndSaysWhere(String name) {
        assertThat(violations(Map.of(name, "v")))
                .containsExactly(new Violation(
                        "/headers/" + name.replace("~", "~0").replace("/", "~1"),
                        "must be a name of 1 to 64 of a-z 0-9 . _ -"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "high", "größer", "新しい", "🎉", "50% \"of\" it\\", "a: b"})
    void takesAnyTextAsAValue(String value) {
        assertThat(EventHeaders.of(Map.of("a", value)).asMap()).isEqualTo(Map.of("a", value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "a\r\nb", "\t", "\0", "\u007f", "\u0085", "\u2028", "\ud800", "x\udc00"})
    void refusesControlCharactersAndHalvesOfCharacters(String value) {
        assertThat(violations(Map.of("a", value)))
                .containsExactly(
                        new Violation("/headers/a", "must be at most 1024 bytes of text without control characters"));
    }

    @Test
    void boundsAreInclusive() {
        assertThat(EventHeaders.of(Map.of("n".repeat(64), "v".repeat(1_024))).size())
                .isEqualTo(1_088);
        assertThat(EventHeaders.of(numbered(16, "v")).asMap()).hasSize(16);
        // 4 names of 3 bytes and values of 1,021.
        assertThat(EventHeaders.of(numbered(4, "v".repeat(1_021))).size()).isEqualTo(4_096);
    }

    @Test
    void oneMoreIsRefused() {
        assertThat(violations(Map.of("n".repeat(65), "v")).getFirst().pointer())
                .isEqualTo("/headers/" + "n".repeat(64));
        assertThat(violations(Map.of("a", "v".repeat(1_025)))).hasSize(1);
        assertThat(violations(numbered(17, "v"))).containsExactly(new Violation("/headers", "must be at most 16"));
        assertThat(violations(numbered(4, "v".repeat(1_022))))
                .containsExactly(new Violation("/headers", "must be at most 4096 bytes together"));
    }

    @Test
    void bytesAreThoseOfUtf8() {
        // 2, 3 and 4 bytes each.
        assertThat(EventHeaders.of(Map.of("a", "ü".repeat(512))).size()).isEqualTo(1_025);
        assertThat(violations(Map.of("a", "ü".repeat(512) + "x"))).hasSize(1);
        assertThat(EventHeaders.of(Map.of("a", "新".repeat(341))).size()).isEqualTo(1_024);
        assertThat(violations(Map.of("a", "新".repeat(342)))).hasSize(1);
        assertThat(EventHeaders.of(Map.of("a", "🎉".repeat(256))).size()).isEqualTo(1_025);
        assertThat(violations(Map.of("a", "🎉".repeat(257)))).hasSize(1);
    }

    @Test
    void saysEverythingThatIsWrongAtOnce() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Upper", "v");
        headers.put("fine", "v");
        headers.put("line", "a\nb");
        assertThat(violations(headers))
                .extracting(Violation::pointer)
                .containsExactly("/headers/Upper", "/headers/line");
    }

    @Test
    void keepsTheirOrderAndComparesWithoutIt() {
        Map<String, String> one = new LinkedHashMap<>();
        one.put("z", "1");
        one.put("a", "2");
        Map<String, String> other = new LinkedHashMap<>();
        other.put("a", "2");
        other.put("z", "1");
        assertThat(EventHeaders.of(one).asMap().keySet()).containsExactly("z", "a");
        assertThat(EventHeaders.of(one)).isEqualTo(EventHeaders.of(other)).hasSameHashCodeAs(EventHeaders.of(other));
        assertThat(EventHeaders.of(one)).isNotEqualTo(EventHeaders.of(Map.of("z", "1", "a", "3")));
    }

    @Test
    void noHeadersAreAlwaysTheSameOnes() {
        assertThat(EventHeaders.of(Map.of())).isSameAs(EventHeaders.NONE);
        assertThat(EventHeaders.asFarAsValid(Map.of("No", "v"))).isSameAs(EventHeaders.NONE);
        assertThat(EventHeaders.NONE.weight()).isZero();
    }

    @Test
    void whatSomebodyElseWroteIsTakenAsFarAsItIsValid() {
        Map<String, String> foreign = new LinkedHashMap<>(numbered(20, "v"));
        foreign.put("n00", "a\nb");
        foreign.put("No", "v");
        assertThat(EventHeaders.asFarAsValid(foreign).asMap().keySet())
                .hasSize(16)
                .doesNotContain("n00", "No")
                .startsWith("n01");
        assertThat(EventHeaders.asFarAsValid(numbered(5, "v".repeat(1_021))).asMap())
                .hasSize(4);
    }

    @Test
    void valuesStayOutOfTheTextForm() {
        assertThat(EventHeaders.of(Map.of("token", "secret")).toString())
                .contains("token")
                .doesNotContain("secret");
    }

    private static Map<String, String> numbered(int count, String value) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            headers.put("n%02d".formatted(i), value);
        }
        return headers;
    }

    private static List<Violation> violations(Map<String, String> headers) {
        try {
            EventHeaders.of(headers);
        } catch (PlatformException e) {
            return ((RequestError.InvalidHeaders) e.error()).errors();
        }
        return List.of();
    }
}
