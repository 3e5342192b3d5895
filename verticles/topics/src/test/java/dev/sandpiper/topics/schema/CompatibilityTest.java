package dev.sandpiper.topics.schema;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompatibilityTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"type\":\"object\"} | {\"type\":\"object\"}",
                "{\"type\":\"object\"} | true",
                "{\"type\":\"integer\"} | {\"type\":[\"number\",\"null\"]}",
                "{\"enum\":[1,2]} | {\"enum\":[2,1,3]}",
                "{\"enum\":[1,2]} | {\"type\":\"integer\"}",
                "{\"const\":1} | {\"type\":\"integer\",\"enum\":[1]}",
                "{\"type\":\"string\"} | {\"type\":\"string\",\"minimum\":7}",
                "{\"minimum\":5} | {\"minimum\":4}",
                "{\"exclusiveMinimum\":5} | {\"minimum\":5}",
                "{\"required\":[\"a\",\"b\"]} | {\"required\":[\"a\"]}",
                "{\"properties\":{\"a\":{\"type\":\"integer\"}}} | {\"properties\":{\"a\":{\"type\":\"number\"}}}",
                "{\"additionalProperties\":false} | {\"additionalProperties\":false,\"properties\":{\"b\":{\"type\":\"string\"}}}",
                "{\"properties\":{\"a\":true},\"additionalProperties\":false} | {\"properties\":{\"a\":true,\"b\":false},\"additionalProperties\":false}",
                "{\"items\":{\"maxLength\":3}} | {\"items\":{\"maxLength\":4}}",
                "{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"type\":\"string\"}}} | {\"type\":\"string\"}",
                "{\"allOf\":[{\"required\":[\"a\"]},{\"required\":[\"b\"]}]} | {\"required\":[\"a\",\"b\"]}",
                "{\"anyOf\":[{\"type\":\"string\"}]} | {\"anyOf\":[{\"type\":\"null\"},{\"type\":\"string\"}]}",
                "{\"type\":\"string\"} | {\"anyOf\":[{\"type\":\"null\"},{\"type\":\"string\"}]}",
                "{\"not\":{\"type\":\"string\"}} | {\"not\":{\"type\":\"string\"},\"title\":\"new\"}",
                "{\"properties\":{\"c\":{\"items\":{\"$ref\":\"#\"}}}} | {\"properties\":{\"c\":{\"items\":{\"$ref\":\"#\"}},\"d\":true}}",
            })
    void isShown(String before, String after) {
        assertThat(Schemas.incompatibilities(before, after)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "true | {\"type\":\"object\"}",
                "{} | false",
                "{\"type\":[\"number\",\"null\"]} | {\"type\":\"number\"}",
                "{\"type\":\"number\"} | {\"type\":\"integer\"}",
                "{\"enum\":[1,2]} | {\"enum\":[1]}",
                "{\"type\":\"integer\"} | {\"enum\":[1]}",
                "{\"minimum\":5} | {\"minimum\":6}",
                "{\"minimum\":5} | {\"exclusiveMinimum\":5}",
                "{} | {\"maxLength\":5}",
                "{\"required\":[\"a\"]} | {\"required\":[\"a\",\"b\"]}",
                "{} | {\"properties\":{\"a\":{\"type\":\"number\"}}}",
                "{\"properties\":{\"a\":{\"type\":\"number\"}}} | {\"properties\":{\"a\":{\"type\":\"string\"}}}",
                "{} | {\"additionalProperties\":false}",
                "{\"properties\":{\"a\":true},\"additionalProperties\":false} | {\"additionalProperties\":false}",
                "{\"items\":{\"type\":\"string\"}} | {\"items\":{\"type\":\"number\"}}",
                "{\"pattern\":\"a\"} | {\"pattern\":\"b\"}",
                "{} | {\"not\":{\"type\":\"string\"}}",
                "{\"anyOf\":[{\"type\":\"null\"},{\"type\":\"string\"}]} | {\"anyOf\":[{\"type\":\"string\"}]}",
                "{} | {\"patternProperties\":{\"^a\":{\"type\":\"string\"}}}",
                "{\"patternProperties\":{\"^a\":true},\"additionalProperties\":{\"type\":\"string\"}} | {\"additionalProperties\":{\"type\":\"string\"}}",
                "{} | {\"uniqueItems\":true}",
            })
    void isDenied(String before, String after) {
        assertThat(Schemas.incompatibilities(before, after)).isNotEmpty();
    }
}
