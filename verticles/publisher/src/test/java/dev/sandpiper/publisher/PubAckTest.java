package dev.sandpiper.publisher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.RequestError;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PubAckTest {
    @Test
    void readsTheSequence() {
        assertThat(sequence("{\"stream\":\"EVENTS\",\"seq\":123456789012}")).isEqualTo(123_456_789_012L);
        assertThat(sequence("{\"stream\":\"EVENTS\", \"domain\":\"hub\",\"seq\":7}"))
                .isEqualTo(7);
    }

    @Test
    void aDuplicateIsNegative() {
        assertThat(sequence("{\"stream\":\"EVENTS\",\"seq\":5,\"duplicate\": true}"))
                .isEqualTo(-5);
        assertThat(sequence("{\"stream\":\"EVENTS\",\"seq\":5,\"duplicate\":true}"))
                .isEqualTo(-5);
        assertThat(sequence("{\"stream\":\"EVENTS\",\"seq\":5,\"duplicate\":false}"))
                .isEqualTo(5);
    }

    @Test
    void anErrorIsNoAcknowledgement() {
        assertThat(sequence("{\"error\":{\"code\":503,\"err_code\":10077,\"description\":\"maximum bytes exceeded\"},"
                        + "\"stream\":\"EVENTS\",\"seq\":0}"))
                .isZero();
        assertThat(sequence("")).isZero();
        assertThat(sequence("{\"seq\":")).isZero();
    }

    @Test
    void errorsAreToldApart() {
        assertThat(refusal(503, 10_077, "maximum bytes exceeded").error())
                .isEqualTo(new AvailabilityError.StorageFull());
        assertThat(refusal(503, 10_047, "insufficient storage resources available")
                        .error())
                .isEqualTo(new AvailabilityError.StorageFull());
        assertThat(refusal(400, 10_054, "message size exceeds maximum allowed").error())
                .isEqualTo(new RequestError.PayloadTooLarge(100));
        assertThat(refusal(503, 10_008, "JetStream system temporarily unavailable")
                        .error())
                .isNull();
        assertThat(refusal(409, 10_158, "duplicate message id is in process").error())
                .isNull();
        assertThat(refusal(400, 10_060, "expected stream does not match").error())
                .isEqualTo(new AvailabilityError.EventStoreUnavailable());
        assertThat(Refusal.parse("garbage".getBytes(StandardCharsets.US_ASCII), 100)
                        .error())
                .isEqualTo(new AvailabilityError.EventStoreUnavailable());
    }

    private static long sequence(String ack) {
        return PubAck.sequence(ack.getBytes(StandardCharsets.US_ASCII));
    }

    private static Refusal refusal(int status, int code, String description) {
        String json = "{\"error\":{\"code\":" + status + ",\"err_code\":" + code + ",\"description\":\"" + description
                + "\"},\"stream\":\"EVENTS\",\"seq\":0}";
        return Refusal.parse(json.getBytes(StandardCharsets.US_ASCII), 100);
    }
}
