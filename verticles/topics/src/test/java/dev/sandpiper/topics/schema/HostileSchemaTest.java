package dev.sandpiper.topics.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Violation;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whoever may write a schema must not be able to stop a node with it. */
class HostileSchemaTest {
    private static final Duration SOON = Duration.ofSeconds(5);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "7 | ``",
                "\"string\" | ``",
                "null | ``",
                "[] | ``",
                "{broken | ``",
                "{\"type\":\"text\"} | /type",
                "{\"type\":7} | /type",
                "{\"required\":\"a\"} | /required",
                "{\"required\":[\"a\",\"a\"]} | /required",
                "{\"minLength\":-1} | /minLength",
                "{\"minLength\":\"1\"} | /minLength",
                "{\"multipleOf\":0} | /multipleOf",
                "{\"properties\":[]} | /properties",
                "{\"properties\":{\"a\":7}} | /properties/a",
                "{\"allOf\":[]} | /allOf",
                "{\"allOf\":{}} | /allOf",
                "{\"items\":[{}]} | /items",
                "{\"$defs\":{\"a\":7}} | /$defs/a",
                "{\"pattern\":\"(\"} | /pattern",
                "{\"pattern\":\"(?=a)b\"} | /pattern",
                "{\"pattern\":\"(a)\\\\1\"} | /pattern",
                "{\"pattern\":\"((a{100}){100}){100}\"} | /pattern",
                "{\"pattern\":\"a{1000}{1000}\"} | /pattern",
                "{\"patternProperties\":{\"^(a+)+$\":true}} | /patternProperties/^(a+)+$",
                "{\"patternProperties\":{\"^a?a?a?a?a?a?aaaaaa$\":true}} | /patternProperties/^a?a?a?a?a?a?aaaaaa$",
                "{\"patternProperties\":{\"a+a+b\":true}} | /patternProperties/a+a+b",
                "{\"patternProperties\":{\"^a+a+b\":true}} | /patternProperties/^a+a+b",
                "{\"$schema\":\"http://json-schema.org/draft-07/schema#\"} | /$schema",
                "{\"$dynamicRef\":\"#a\"} | /$dynamicRef",
                "{\"dependencies\":{}} | /dependencies",
                "{\"properties\":{\"a\":{\"$id\":\"x\"}}} | /properties/a/$id",
                "{\"$ref\":\"https://example.org/schema\"} | /$ref",
                "{\"$ref\":\"file:///etc/passwd\"} | /$ref",
                "{\"$ref\":\"other.json\"} | /$ref",
                "{\"$ref\":\"#anchor\"} | /$ref",
                "{\"$ref\":7} | /$ref",
                "{\"$ref\":\"#/nowhere\"} | ``",
                "{\"properties\":{\"a\":{\"$ref\":\"topic:unknown\"}}} | /properties/a",
                "{\"$ref\":\"#\"} | ``",
                "{\"allOf\":[{\"$ref\":\"#/$defs/a\"}],\"$defs\":{\"a\":{\"not\":{\"$ref\":\"#\"}}}} | ``",
            })
    void isRefusedWithThePlaceOfItsFault(String schema, String pointer) {
        assertThatThrownBy(() -> Schemas.check(schema, "1")).isInstanceOfSatisfying(PlatformException.class, e -> {
            assertThat(e.error().code()).isEqualTo("INVALID_SCHEMA");
            if (!pointer.isEmpty()) {
                assertThat(e.error().details()).containsEntry("pointer", pointer);
            }
        });
    }

    @Test
    void isRefusedWhenItIsTooLargeTooDeepOrTooLong() {
        String deep = "{\"not\":".repeat(70) + "true" + "}".repeat(70);
        String chain = IntStream.range(0, 40)
                .mapToObj(i -> "\"s" + i + "\":{\"$ref\":\"#/$defs/s" + (i + 1) + "\"}")
                .collect(Collectors.joining(",", "{\"$ref\":\"#/$defs/s0\",\"$defs\":{", ",\"s40\":true}}"));
        String many = IntStream.range(0, 3_000)
                .mapToObj(i -> "\"p" + i + "\":{}")
                .collect(Collectors.joining(",", "{\"properties\":{", "}}"));
        String large = "{\"title\":\"" + "x".repeat(70_000) + "\"}";
        for (String schema : new String[] {deep, chain, many, large}) {
            assertThatThrownBy(() -> Schemas.check(schema, "1")).hasMessageContaining("schema cannot be used");
        }
    }

    @Test
    void doesNotTakeExponentialTimeByReferences() {
        String doubling = IntStream.range(0, 28)
                .mapToObj(i -> "\"s%d\":{\"allOf\":[{\"$ref\":\"#/$defs/s%d\"},{\"$ref\":\"#/$defs/s%d\"}]}"
                        .formatted(i, i + 1, i + 1))
                .collect(Collectors.joining(
                        ",", "{\"$ref\":\"#/$defs/s0\",\"$defs\":{", ",\"s28\":{\"type\":\"integer\"}}}"));
        // A chain as long as that is refused; half of it is long enough to be costly.
        String half = doubling.replace("\"$ref\":\"#/$defs/s0\"", "\"$ref\":\"#/$defs/s14\"");
        assertTimeoutPreemptively(SOON, () -> {
            assertThatThrownBy(() -> Schemas.check(doubling, "1")).isInstanceOf(PlatformException.class);
            assertThat(Schemas.check(half, "1")).isNotEmpty();
        });
    }

    @Test
    void doesNotTakeExponentialTimeByDepth() {
        String branching = "{\"properties\":{\"a\":{\"allOf\":[{\"$ref\":\"#\"},{\"$ref\":\"#\"}]}}}";
        String payload = "{\"a\":".repeat(60) + "1" + "}".repeat(60);
        assertTimeoutPreemptively(
                SOON,
                () -> assertThat(Schemas.check(branching, payload))
                        .extracting(Violation::reason)
                        .containsExactly("takes more than 50000 checks"));
    }

    @Test
    void doesNotTakeLongByRegularExpressions() {
        String schema = "{\"pattern\":\"^(a+)+$\"}";
        String payload = "\"" + "a".repeat(60_000) + "!\"";
        assertTimeoutPreemptively(
                SOON, () -> assertThat(Schemas.check(schema, payload)).isNotEmpty());
        String costly = "{\"pattern\":\"(a?){90}b\"}";
        assertTimeoutPreemptively(SOON, () -> Schemas.check(costly, payload));
    }

    @Test
    void doesNotTakeLongByManyValues() {
        String numbers =
                IntStream.range(0, 20_000).mapToObj(Integer::toString).collect(Collectors.joining(",", "[", "]"));
        String values =
                IntStream.range(0, 5_000).mapToObj(i -> "\"v" + i + "\"").collect(Collectors.joining(","));
        String names = IntStream.range(0, 1_500).mapToObj(i -> "\"v" + i + "\"").collect(Collectors.joining(","));
        String objects = "[" + "{},".repeat(20_000) + "{}]";
        assertTimeoutPreemptively(SOON, () -> {
            assertThat(Schemas.check("{\"uniqueItems\":true}", numbers)).isEmpty();
            assertThat(Schemas.check("{\"items\":{\"enum\":[" + values + "]}}", numbers))
                    .isNotEmpty();
            assertThat(Schemas.check("{\"items\":{\"not\":{\"required\":[" + names + "]}}}", objects))
                    .extracting(Violation::reason)
                    .containsExactly("takes more than 50000 checks");
        });
    }

    @Test
    void doesNotOverflowTheStack() {
        String chain = IntStream.range(0, 28)
                .mapToObj(i -> "\"s" + i + "\":{\"$ref\":\"#/$defs/s" + (i + 1) + "\"}")
                .collect(Collectors.joining(
                        ",", "{\"$ref\":\"#/$defs/s0\",\"$defs\":{", ",\"s28\":{\"items\":{\"$ref\":\"#\"}}}}"));
        String payload = "[".repeat(64) + "]".repeat(64);
        assertThat(Schemas.check(chain, payload)).isEmpty();
    }

    @Test
    void doesNotTakeLongToBeCompared() {
        String nested = "{\"type\":\"string\"}";
        String other = "{\"type\":\"number\"}";
        for (int i = 0; i < 9; i++) {
            nested = "{\"anyOf\":[" + nested + "," + nested + "]}";
            other = "{\"anyOf\":[" + other + "," + other + "]}";
        }
        String before = nested;
        String after = other;
        assertTimeoutPreemptively(
                SOON, () -> assertThat(Schemas.incompatibilities(before, after)).isNotEmpty());
        String loop = "{\"properties\":{\"a\":{\"allOf\":[{\"$ref\":\"#\"},{\"$ref\":\"#/$defs/b\"}]}},"
                + "\"$defs\":{\"b\":{\"properties\":{\"a\":{\"$ref\":\"#\"}}}}}";
        assertTimeoutPreemptively(
                SOON, () -> Schemas.incompatibilities(loop, loop.replace("\"$defs\"", "\"required\":[],\"$defs\"")));
    }
}
