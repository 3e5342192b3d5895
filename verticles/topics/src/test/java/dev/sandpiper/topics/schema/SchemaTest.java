package dev.sandpiper.topics.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Violation;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "true | 1",
                "{} | null",
                "{\"type\":\"integer\"} | 1.0",
                "{\"type\":[\"string\",\"null\"]} | null",
                "{\"const\":{\"a\":1,\"b\":[2]}} | {\"b\":[2.0],\"a\":1}",
                "{\"const\":null} | null",
                "{\"enum\":[1,\"a\",null]} | \"a\"",
                "{\"minimum\":1,\"maximum\":2,\"multipleOf\":0.5} | 1.5",
                "{\"exclusiveMinimum\":1} | 1.0001",
                "{\"minLength\":2,\"maxLength\":2.0} | \"😀😀\"",
                "{\"pattern\":\"^a+b$\"} | \"aaab\"",
                "{\"pattern\":\"b\"} | 7",
                "{\"uniqueItems\":true} | [1,2,\"1\",[1],{\"a\":1}]",
                "{\"uniqueItems\":false} | [1,1]",
                "{\"items\":{\"type\":\"string\"}} | [\"a\"]",
                "{\"prefixItems\":[{\"type\":\"string\"}],\"items\":{\"type\":\"number\"}} | [\"a\",1,2]",
                "{\"contains\":{\"const\":2},\"minContains\":2} | [2,1,2]",
                "{\"properties\":{\"a\":{\"type\":\"string\"}}} | {\"b\":1}",
                "{\"patternProperties\":{\"^x-\":{\"type\":\"string\"}},\"additionalProperties\":false} | {\"x-a\":\"b\"}",
                "{\"propertyNames\":{\"maxLength\":2}} | {\"ab\":1}",
                "{\"required\":[\"a\"]} | {\"a\":null}",
                "{\"dependentRequired\":{\"a\":[\"b\"]}} | {\"b\":1}",
                "{\"dependentSchemas\":{\"a\":{\"required\":[\"b\"]}}} | {\"a\":1,\"b\":1}",
                "{\"allOf\":[{\"type\":\"object\"},{\"required\":[\"a\"]}]} | {\"a\":1}",
                "{\"anyOf\":[{\"type\":\"object\"},{\"type\":\"string\"}]} | \"a\"",
                "{\"oneOf\":[{\"type\":\"object\"},{\"type\":\"string\"}]} | \"a\"",
                "{\"not\":{\"type\":\"object\"}} | \"a\"",
                "{\"if\":{\"required\":[\"a\"]},\"then\":{\"required\":[\"b\"]},\"else\":{\"required\":[\"c\"]}} | {\"c\":1}",
                "{\"properties\":{\"a\":true},\"unevaluatedProperties\":false} | {\"a\":1}",
                "{\"format\":\"date-time\"} | \"2026-01-25T09:00:00Z\"",
                "{\"format\":\"date\"} | \"2026-02-28\"",
                "{\"format\":\"uuid\"} | \"123e4567-e89b-12d3-a456-426614174000\"",
                "{\"format\":\"email\"} | \"jo.e+x@example.org\"",
                "{\"format\":\"ipv4\"} | \"127.0.0.1\"",
                "{\"format\":\"ipv6\"} | \"::1\"",
                "{\"format\":\"uri\"} | \"urn:a:b\"",
                "{\"format\":\"unheard-of\"} | \"x\"",
                "{\"$defs\":{\"a\":{\"type\":\"string\"}},\"$ref\":\"#/$defs/a\"} | \"x\"",
                "{\"$id\":\"https://example.org/s\",\"title\":\"t\",\"x-own\":{\"type\":7},\"default\":1} | 1",
            })
    void lets(String schema, String payload) {
        assertThat(Schemas.check(schema, payload)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "false | 1 | ``",
                "{\"type\":\"integer\"} | 1.5 | ``",
                "{\"type\":[\"string\",\"null\"]} | 1 | ``",
                "{\"const\":{\"a\":1}} | {\"a\":2} | ``",
                "{\"enum\":[1,\"a\"]} | \"1\" | ``",
                "{\"maximum\":2} | 2.5 | ``",
                "{\"multipleOf\":2} | 3 | ``",
                "{\"minLength\":2} | \"😀\" | ``",
                "{\"pattern\":\"^a+b$\"} | \"aaac\" | ``",
                "{\"uniqueItems\":true} | [1,1.0] | ``",
                "{\"uniqueItems\":true} | [{\"a\":[1]},{\"a\":[1.0]}] | ``",
                "{\"items\":{\"type\":\"string\"}} | [\"a\",1] | /1",
                "{\"prefixItems\":[{\"type\":\"string\"}],\"items\":{\"type\":\"number\"}} | [\"a\",\"b\"] | /1",
                "{\"contains\":{\"const\":2}} | [1] | ``",
                "{\"properties\":{\"a\":{\"type\":\"string\"}}} | {\"a\":1} | /a",
                "{\"properties\":{\"a\":{\"items\":{\"required\":[\"b\"]}}}} | {\"a\":[{\"b\":1},{}]} | /a/1",
                "{\"properties\":{\"ä/~\":{\"type\":\"string\"}}} | {\"ä/~\":1} | /ä~1~0",
                "{\"additionalProperties\":false} | {\"a\":1} | /a",
                "{\"patternProperties\":{\"^x-\":{\"type\":\"string\"}}} | {\"x-a\":1} | /x-a",
                "{\"propertyNames\":{\"maxLength\":2}} | {\"abc\":1} | /abc",
                "{\"required\":[\"a\"]} | {} | ``",
                "{\"dependentRequired\":{\"a\":[\"b\"]}} | {\"a\":1} | ``",
                "{\"oneOf\":[{\"type\":\"integer\"},{\"type\":\"number\"}]} | 1 | ``",
                "{\"anyOf\":[{\"required\":[\"a\"]},{\"required\":[\"b\"]}]} | {} | ``",
                "{\"not\":{\"type\":\"object\"}} | {} | ``",
                "{\"if\":{\"required\":[\"a\"]},\"then\":{\"required\":[\"b\"]}} | {\"a\":1} | ``",
                "{\"properties\":{\"a\":true},\"unevaluatedProperties\":false} | {\"b\":1} | /b",
                "{\"format\":\"date-time\"} | \"2026-01-25\" | ``",
                "{\"format\":\"date\"} | \"2026-02-30\" | ``",
                "{\"format\":\"uuid\"} | \"123e4567\" | ``",
                "{\"format\":\"email\"} | \"\" | ``",
                "{\"format\":\"uri\"} | \"a b\" | ``",
                "{} | {\"a\":1e999} | ``",
                "{} | {\"a\":1,\"a\":2} | ``",
                "{} | {broken | ``",
            })
    void refuses(String schema, String payload, String pointer) {
        List<Violation> violations = Schemas.check(schema, payload);
        assertThat(violations).isNotEmpty();
        assertThat(violations).extracting(Violation::pointer).contains(pointer);
        assertThat(violations)
                .allSatisfy(violation -> assertThat(violation.reason()).isNotBlank());
    }

    @Test
    void saysEverythingThatIsWrongOnceAndWhere() {
        String schema = """
                {"type": "object", "required": ["id"], "additionalProperties": false,
                 "properties": {"id": {"type": "integer"}, "lines": {"items": {"$ref": "#/$defs/line"}}},
                 "$defs": {"line": {"properties": {"price": {"type": "number", "minimum": 0}}}}}
                """;
        assertThat(Schemas.check(schema, "{\"lines\":[{\"price\":1},{\"price\":-1},{\"price\":\"x\"}],\"extra\":1}"))
                .extracting(Violation::pointer)
                .containsExactlyInAnyOrder("", "/lines/1/price", "/lines/2/price", "/extra");
    }

    @Test
    void refersToTheSchemasOfOtherRules() {
        Map<String, String> schemas = Map.of(
                "t",
                "{\"properties\":{\"to\":{\"$ref\":\"topic:shared.%2A#/$defs/address\"}}}",
                "shared.*",
                "{\"$defs\":{\"address\":{\"properties\":{\"zip\":{\"$ref\":\"#/$defs/zip\"}}},\"zip\":{\"type\":\"string\"}}}");
        assertThat(Schemas.check(schemas, "{\"to\":{\"zip\":\"10115\"}}")).isEmpty();
        assertThat(Schemas.check(schemas, "{\"to\":{\"zip\":10115}}"))
                .extracting(Violation::pointer)
                .containsExactly("/to/zip");
        assertThat(Schemas.COMPILER.compile("t", schemas::get).references()).containsExactly("shared.*");
    }

    @Test
    void describesTreesByReferringToItself() {
        String tree = "{\"type\":\"object\",\"properties\":{\"children\":{\"items\":{\"$ref\":\"#\"}}},"
                + "\"required\":[\"name\"]}";
        assertThat(Schemas.check(tree, "{\"name\":1,\"children\":[{\"name\":2,\"children\":[{\"name\":3}]}]}"))
                .isEmpty();
        assertThat(Schemas.check(tree, "{\"name\":1,\"children\":[{\"name\":2,\"children\":[{}]}]}"))
                .extracting(Violation::pointer)
                .containsExactly("/children/0/children/0");
    }
}
