package dev.sandpiper.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandpiper.domain.PlatformException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StrictJsonTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"{\"a\":[1,2]}", "\"täxt\\n\"", "12.5e3", "7", "true", "null", "[]", "[{},[\" \"]]", "\"\""})
    void liftsAValueOutAsTheBytesItStandsIn(String value) {
        for (String blank : new String[] {"", " ", "\n\t"}) {
            byte[] padded =
                    ("##{\"x\":1,\"data\":" + blank + value + blank + ",\"y\":2}##").getBytes(StandardCharsets.UTF_8);
            try (StrictJson json = StrictJson.read(padded, 2, padded.length - 4)) {
                json.beginObject();
                assertThat(json.nextMember()).isEqualTo("x");
                assertThat(json.wholeNumber("x")).isEqualTo(1);
                assertThat(json.nextMember()).isEqualTo("data");
                assertThat(new String(json.rawValue(), StandardCharsets.UTF_8)).isEqualTo(value);
                assertThat(json.nextMember()).isEqualTo("y");
                json.skipValue();
                assertThat(json.nextMember()).isNull();
                json.end();
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"a\":1,\"a\":2} | DUPLICATE_MEMBER",
                "{\"a\":{\"b\":1,\"b\":2}} | DUPLICATE_MEMBER",
                "{\"a\":1,} | INVALID_JSON",
                "{'a':1} | INVALID_JSON",
                "{\"a\":01} | INVALID_JSON",
                "{\"a\":NaN} | INVALID_JSON",
                "{\"a\":1} {} | INVALID_JSON",
                "{\"a\":1 | INVALID_JSON",
                "{\"a\":\"\\x\"} | INVALID_JSON",
                "{/**/} | INVALID_JSON",
            })
    void refusesWhatIsNotJson(String text, String code) {
        assertFault(text.getBytes(StandardCharsets.UTF_8), code);
    }

    @Test
    void namesTheMemberThatStandsTwice() {
        assertThatThrownBy(() -> readAll("{\"it's\":1,\"it's\":2}".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOfSatisfying(
                        PlatformException.class,
                        e -> assertThat(e.error().details()).containsEntry("member", "it's"));
    }

    @Test
    void boundsTheDepth() {
        String fits = "[".repeat(StrictJson.MAX_DEPTH - 1) + "]".repeat(StrictJson.MAX_DEPTH - 1);
        readAll(("{\"a\":" + fits + "}").getBytes(StandardCharsets.UTF_8));
        assertFault(("{\"a\":[" + fits + "]}").getBytes(StandardCharsets.UTF_8), "NESTING_TOO_DEEP");
    }

    @Test
    void refusesIllFormedUtf8() {
        assertFault(new byte[] {'{', '"', (byte) 0xc0, (byte) 0xaf, '"', ':', '1', '}'}, "INVALID_UTF8");
        assertFault(new byte[] {'{', '"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"', ':', '1', '}'}, "INVALID_UTF8");
        assertFault(new byte[] {'{', '"', (byte) 0xe2, (byte) 0x82}, "INVALID_UTF8");
    }

    private static void assertFault(byte[] bytes, String code) {
        assertThatThrownBy(() -> readAll(bytes))
                .isInstanceOfSatisfying(
                        PlatformException.class,
                        e -> assertThat(e.error().code()).isEqualTo(code));
    }

    private static void readAll(byte[] bytes) {
        try (StrictJson json = StrictJson.read(bytes, 0, bytes.length)) {
            json.beginObject();
            while (json.nextMember() != null) {
                json.rawValue();
            }
            json.end();
        }
    }
}
