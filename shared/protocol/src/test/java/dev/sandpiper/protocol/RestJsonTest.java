package dev.sandpiper.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.Durability;
import dev.sandpiper.domain.EventId;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Topic;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RestJsonTest {
    private static final PublishReceipt RECEIPT = new PublishReceipt(
            new EventId("01KAJ0000000000000000000AB"),
            new Topic("a\"b"),
            new Cursor(1, 2),
            false,
            DeliveryClass.DURABLE,
            Durability.REPLICATED);

    @Test
    void writesReceipts() {
        assertThat(text(ReceiptJson.encode(RECEIPT, "CURSOR")))
                .isEqualTo("{\"id\":\"01KAJ0000000000000000000AB\",\"topic\":\"a\\\"b\",\"cursor\":\"CURSOR\","
                        + "\"duplicate\":false,\"class\":\"durable\",\"durability\":\"replicated\"}");
        assertThat(text(ReceiptJson.encode(RECEIPT, null))).doesNotContain("cursor");
    }

    @Test
    void writesBatchesInOrder() {
        var batch = new ReceiptJson.Batch(2);
        batch.stored(RECEIPT, "CURSOR");
        batch.refused(new RequestError.InvalidParameter("data", "is required"));
        assertThat(text(batch.end()))
                .isEqualTo("{\"results\":[{\"status\":201,\"id\":\"01KAJ0000000000000000000AB\",\"topic\":\"a\\\"b\","
                        + "\"cursor\":\"CURSOR\",\"duplicate\":false,\"class\":\"durable\",\"durability\":\"replicated\"},"
                        + "{\"status\":400,\"error\":{\"code\":\"INVALID_PARAMETER\",\"message\":\"data is required\","
                        + "\"details\":{\"parameter\":\"data\"}}}]}");
    }

    @Test
    void writesErrorsInTheDesignsFormat() {
        assertThat(text(ErrorJson.encode(new RequestError.PayloadTooLarge(7), "req_1")))
                .isEqualTo(
                        "{\"error\":{\"code\":\"PAYLOAD_TOO_LARGE\",\"message\":\"The payload is larger than 7 bytes\","
                                + "\"details\":{\"limit\":7},\"request_id\":\"req_1\"}}");
    }

    @Test
    void writesErrorsAsProblemDetails() {
        assertThat(text(ErrorJson.problem(new RequestError.PayloadTooLarge(7), "req_1")))
                .isEqualTo("{\"type\":\"urn:sandpiper:error:PAYLOAD_TOO_LARGE\",\"title\":\"Payload too large\","
                        + "\"status\":413,\"detail\":\"The payload is larger than 7 bytes\",\"code\":\"PAYLOAD_TOO_LARGE\","
                        + "\"request_id\":\"req_1\",\"details\":{\"limit\":7}}");
    }

    @Test
    void writesPagesOfHistory() {
        List<byte[]> messages = List.of(bytes("{\"a\":1}"), bytes("{\"a\":2}"));
        assertThat(text(HistoryJson.encode(messages, "CURSOR", true, null, null)))
                .isEqualTo(
                        "{\"messages\":[{\"a\":1},{\"a\":2}],\"cursor\":\"CURSOR\",\"more\":true,\"recovered\":true}");
        assertThat(text(HistoryJson.encode(List.of(), "CURSOR", false, "trimmed", "OLDEST")))
                .isEqualTo("{\"messages\":[],\"cursor\":\"CURSOR\",\"more\":false,\"recovered\":false,"
                        + "\"reason\":\"trimmed\",\"oldest\":\"OLDEST\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/problem+json | true",
                "application/problem+json, application/json;q=0.5 | true",
                "application/json, application/problem+json | true",
                "text/html, Application/Problem+JSON;q=0.3 | true",
                "application/json, application/problem+json;q=0.9 | false",
                "application/problem+json;q=0 | false",
                "application/json | false",
                "*/* | false",
            })
    void answersProblemDetailsOnlyWhenAsked(String accept, boolean expected) {
        assertThat(MediaTypes.prefersProblem(accept)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/json | true | true | true",
                "Application/JSON; charset=UTF-8 | true | true | true",
                "application/vnd.api+json | true | true | true",
                "application/json; charset=\"latin1\" | true | true | false",
                "text/plain | false | true | true",
                "application | false | false | true",
                "a/b/c | false | false | true",
                "a b/c | false | false | true",
            })
    void understandsContentTypes(String type, boolean json, boolean wellFormed, boolean utf8) {
        assertThat(MediaTypes.isJson(type)).isEqualTo(json);
        assertThat(MediaTypes.isWellFormed(type)).isEqualTo(wellFormed);
        assertThat(MediaTypes.isUtf8(type)).isEqualTo(utf8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
