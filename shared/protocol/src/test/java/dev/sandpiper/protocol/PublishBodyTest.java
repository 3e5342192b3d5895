package dev.sandpiper.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.EventHeaders;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Violation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublishBodyTest {
    @Test
    void readsEveryMember() {
        PublishBody body = parse(
                "{\"topic\":\"a.b\",\"event\":\"e\",\"data\": {\"x\" : [1] } ,\"key\":\"k\",\"class\":\"exactly-once\"}");
        assertThat(body.topic().name()).isEqualTo("a.b");
        assertThat(body.event()).isEqualTo("e");
        assertThat(new String(body.data(), StandardCharsets.UTF_8)).isEqualTo("{\"x\" : [1] }");
        assertThat(body.contentType()).isNull();
        assertThat(body.key()).isEqualTo("k");
        assertThat(body.deliveryClass()).isEqualTo(DeliveryClass.EXACTLY_ONCE);
    }

    @Test
    void fillsInWhatIsLeftOut() {
        PublishBody body = parse("{\"payload\":null,\"topic\":\"t\",\"key\":null,\"event\":null}");
        assertThat(body.event()).isEqualTo("message");
        assertThat(new String(body.data(), StandardCharsets.UTF_8)).isEqualTo("null");
        assertThat(body.key()).isNull();
        assertThat(body.deliveryClass()).isNull();
    }

    @Test
    void readsWhatFewEventsSay() {
        assertThat(parse("{\"topic\":\"t\",\"data\":1}").extras()).isNull();
        assertThat(parse("{\"topic\":\"t\",\"data\":1,\"ttl\":\"90s\",\"if_last_cursor\":\"c\","
                                + "\"deliver_at\":\"2030-01-01T01:00:00+01:00\"}")
                        .extras())
                .isEqualTo(new PublishExtras(Duration.ofSeconds(90), "c", Instant.parse("2030-01-01T00:00:00Z")));
        assertThat(parse("{\"topic\":\"t\",\"data\":1,\"if_last_cursor\":null}").extras())
                .isEqualTo(new PublishExtras(null, "", null));
    }

    @Test
    void takesOtherPayloadsAsBase64() {
        PublishBody body =
                parse("{\"topic\":\"t\",\"data\":\"AQID\",\"encoding\":\"base64\",\"content_type\":\"image/png\"}");
        assertThat(body.data()).containsExactly(1, 2, 3);
        assertThat(body.contentType()).isEqualTo("image/png");
    }

    @Test
    void readsHeadersInTheirOrder() {
        PublishBody body = parse("{\"topic\":\"t\",\"headers\":{\"z\":\"1\",\"a\":\"\\u00fc\"},\"data\":1}");
        assertThat(body.headers().asMap()).containsExactly(Map.entry("z", "1"), Map.entry("a", "ü"));
        assertThat(parse("{\"topic\":\"t\",\"data\":1,\"headers\":{}}").headers())
                .isSameAs(EventHeaders.NONE);
        assertThat(parse("{\"topic\":\"t\",\"data\":1,\"headers\":null}").headers())
                .isSameAs(EventHeaders.NONE);
        assertThat(parse("{\"topic\":\"t\",\"data\":1}").headers()).isSameAs(EventHeaders.NONE);
    }

    @Test
    void wrongHeadersConcernTheirOwnItemOnly() {
        String many = IntStream.range(0, 5_000)
                .mapToObj(i -> "\"n" + i + "\":" + (i % 2 == 0 ? "\"v\"" : "[{}]"))
                .collect(Collectors.joining(","));
        List<BatchItem> items = array("[{\"topic\":\"t\",\"headers\":{" + many
                + "},\"data\":1},{\"topic\":\"t\",\"data\":2,\"headers\":{\"a\":\"b\"}}]");
        assertThat(items.get(0))
                .isInstanceOfSatisfying(
                        BatchItem.Refused.class,
                        refused -> assertThat(refused.error())
                                .isInstanceOfSatisfying(
                                        RequestError.InvalidHeaders.class,
                                        wrong -> assertThat(wrong.errors())
                                                .hasSize(16)
                                                .startsWith(new Violation("/headers/n1", "must be a string"))));
        assertThat(items.get(1))
                .isInstanceOfSatisfying(
                        BatchItem.Event.class,
                        event -> assertThat(event.body().headers().asMap()).isEqualTo(Map.of("a", "b")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'data':1} | INVALID_PARAMETER | topic is required",
                "{'topic':'t'} | INVALID_PARAMETER | data is required",
                "{'topic':null,'data':1} | INVALID_PARAMETER | topic is required",
                "{'topic':7,'data':1} | INVALID_PARAMETER | topic must be a string",
                "{'topic':['t'],'data':1} | INVALID_PARAMETER | topic must be a string",
                "{'topic':'t','data':1,'payload':1} | INVALID_PARAMETER | payload means the same as data; send one of them",
                "{'topic':'t','data':1,'evnt':{'a':1}} | INVALID_PARAMETER | evnt is not a member of an event",
                "{'topic':'t','data':1,'ttl':30} | INVALID_PARAMETER | ttl must be a string",
                "{'topic':'t','data':1,'ttl':'soon'} | INVALID_PARAMETER | ttl must be a duration such as 30s, 5m, 12h or 7d",
                "{'topic':'t','data':1,'ttl':'s'} | INVALID_PARAMETER | ttl must be a duration such as 30s, 5m, 12h or 7d",
                "{'topic':'t','data':1,'ttl':'-3s'} | INVALID_PARAMETER | ttl must be a duration such as 30s, 5m, 12h or 7d",
                "{'topic':'t','data':1,'if_last_cursor':7} | INVALID_PARAMETER | if_last_cursor must be a string",
                "{'topic':'t','data':1,'deliver_at':'tomorrow'} | INVALID_PARAMETER | deliver_at must be an RFC 3339 time such as 2026-01-25T09:00:00Z",
                "{'topic':'t','data':1,'headers':[]} | INVALID_HEADERS | The headers of the event cannot be used: /headers must be an object of strings",
                "{'topic':'t','data':1,'headers':'a'} | INVALID_HEADERS | The headers of the event cannot be used: /headers must be an object of strings",
                "{'topic':'t','data':1,'headers':{'a':1}} | INVALID_HEADERS | The headers of the event cannot be used: /headers/a must be a string",
                "{'topic':'t','data':1,'headers':{'a':null}} | INVALID_HEADERS | The headers of the event cannot be used: /headers/a must be a string",
                "{'topic':'t','data':1,'headers':{'a':{'b':[1]},'c':'d'}} | INVALID_HEADERS | The headers of the event cannot be used: /headers/a must be a string",
                "{'topic':'t','data':1,'headers':{'A':'v'}} | INVALID_HEADERS | The headers of the event cannot be used: /headers/A must be a name of 1 to 64 of a-z 0-9 . _ -",
                "{'topic':'t','data':1,'headers':{'a/b':'v'}} | INVALID_HEADERS | The headers of the event cannot be used: /headers/a~1b must be a name of 1 to 64 of a-z 0-9 . _ -",
                "{'topic':'t','data':1,'headers':{'a':'x\\ny'}} | INVALID_HEADERS | The headers of the event cannot be used: /headers/a must be at most 1024 bytes of text without control characters",
                "{'topic':'t','data':1,'headers':{'a':'1','a':'2'}} | DUPLICATE_MEMBER | The JSON names a member twice",
                "{'topic':'t','data':1,'class':'best'} | INVALID_PARAMETER | class must be ephemeral, durable or exactly-once",
                "{'topic':'t','data':1,'encoding':'hex'} | INVALID_PARAMETER | encoding must be base64",
                "{'topic':'t','data':'?','encoding':'base64'} | INVALID_PARAMETER | data is not base64",
                "{'topic':'t','data':1,'content_type':'text/plain'} | INVALID_PARAMETER | encoding must be base64 when content_type is not application/json",
                "{'topic':'a b','data':1} | INVALID_TOPIC | a topic name must not contain white space",
                "{'topic':'t','topic':'t','data':1} | DUPLICATE_MEMBER | The JSON names a member twice",
                "[] | INVALID_REQUEST | An event is a JSON object",
                "7 | INVALID_REQUEST | An event is a JSON object",
            })
    void saysWhatIsWrong(String text, String code, String message) {
        assertThatThrownBy(() -> parse(text.replace('\'', '"')))
                .hasMessage(message)
                .isInstanceOfSatisfying(
                        PlatformException.class,
                        e -> assertThat(e.error().code()).isEqualTo(code));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "{\"topic\":\"t\",\"data\":1}x", "{\"topic\":\"t\",\"data\":[}", "nul"})
    void refusesBrokenJson(String text) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOfSatisfying(
                        PlatformException.class,
                        e -> assertThat(e.error().code()).isEqualTo("INVALID_JSON"));
    }

    @Test
    void givesEachItemOfAnArrayItsOwnResult() {
        List<BatchItem> items = array(
                "[{\"topic\":\"t\",\"data\":1},{\"topic\":{\"x\":[1]},\"data\":2},7,[{}],{\"topic\":\"t\",\"data\":3}]");
        assertThat(items).hasSize(5);
        assertThat(items.get(0)).isInstanceOf(BatchItem.Event.class);
        assertThat(code(items.get(1))).isEqualTo("INVALID_PARAMETER");
        assertThat(code(items.get(2))).isEqualTo("INVALID_REQUEST");
        assertThat(code(items.get(3))).isEqualTo("INVALID_REQUEST");
        assertThat(items.get(4)).isInstanceOf(BatchItem.Event.class);
    }

    @Test
    void refusesAnItemThatIsTooLarge() {
        String fits = "{\"topic\":\"t\",\"data\":\"" + "x".repeat(98) + "\"}";
        List<BatchItem> items = array("[" + fits + " , " + fits.replace("xx", "xxx") + "]");
        assertThat(items.get(0)).isInstanceOf(BatchItem.Event.class);
        assertThat(code(items.get(1))).isEqualTo("PAYLOAD_TOO_LARGE");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[] | INVALID_PARAMETER",
                "{} | INVALID_REQUEST",
                "[{'topic':'t','data':1} | INVALID_JSON",
                "[{'topic':'t','data':1}]] | INVALID_JSON",
                "[{'topic':'t','topic':'t','data':1}] | DUPLICATE_MEMBER",
            })
    void refusesAWholeArrayThatIsBroken(String text, String code) {
        assertThatThrownBy(() -> array(text.replace('\'', '"')))
                .isInstanceOfSatisfying(
                        PlatformException.class,
                        e -> assertThat(e.error().code()).isEqualTo(code));
    }

    @Test
    void boundsTheNumberOfItems() {
        String item = "{\"topic\":\"t\",\"data\":1}";
        assertThat(array("[" + (item + ",").repeat(999) + item + "]")).hasSize(1_000);
        assertThatThrownBy(() -> array("[" + (item + ",").repeat(1_000) + item + "]"))
                .hasMessage("events must be at most 1000 in one batch");
        assertThatThrownBy(() -> lines((item + "\n").repeat(1_001)))
                .hasMessage("events must be at most 1000 in one batch");
        assertThatThrownBy(() -> lines("\n\r\n ")).hasMessage("events must be at least one");
    }

    @Test
    void keepsABrokenLineToItself() {
        List<BatchItem> items = lines("{\"topic\":\"t\",\"data\":1}\r\n\n{\"topic\"\n{\"topic\":\"t\",\"data\":2}");
        assertThat(items).hasSize(3);
        assertThat(items.get(0)).isInstanceOf(BatchItem.Event.class);
        assertThat(code(items.get(1))).isEqualTo("INVALID_JSON");
        assertThat(items.get(2)).isInstanceOf(BatchItem.Event.class);
    }

    private static String code(BatchItem item) {
        return item instanceof BatchItem.Refused refused ? refused.error().code() : "";
    }

    private static PublishBody parse(String text) {
        byte[] bytes = ("##" + text).getBytes(StandardCharsets.UTF_8);
        return PublishBody.parse(bytes, 2, bytes.length - 2);
    }

    private static List<BatchItem> array(String text) {
        byte[] bytes = ("##" + text).getBytes(StandardCharsets.UTF_8);
        return BatchBody.parseArray(bytes, 2, bytes.length - 2, new PayloadLimit(100));
    }

    private static List<BatchItem> lines(String text) {
        byte[] bytes = ("##" + text).getBytes(StandardCharsets.UTF_8);
        return BatchBody.parseLines(bytes, 2, bytes.length - 2, new PayloadLimit(100));
    }
}
