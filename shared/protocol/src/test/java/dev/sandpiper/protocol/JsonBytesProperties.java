package dev.sandpiper.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class JsonBytesProperties {
    @Property(tries = 500)
    void anyStringComesBackFromTheJsonItWasWrittenTo(@ForAll String text) throws Exception {
        byte[] json = new JsonBytes(1)
                .beginObject()
                .name("a")
                .string(text)
                .endObject()
                .toByteArray();
        assertThat(Utf8.isWellFormed(json, 0, json.length)).isTrue();
        assertThat(GoldenVectors.MAPPER.readTree(json).get("a").asText()).isEqualTo(text);
    }

    @Property(tries = 200)
    void anyDurationIsWrittenInSeconds(@ForAll @LongRange(min = 0, max = 10_000_000) long millis) throws Exception {
        byte[] json = new JsonBytes(1).seconds(millis).toByteArray();
        assertThat(GoldenVectors.MAPPER.readTree(json).decimalValue().movePointRight(3))
                .isEqualByComparingTo(java.math.BigDecimal.valueOf(millis));
    }

    @Property(tries = 200)
    void aCloseReasonIsCutBetweenCharacters(@ForAll String reason) {
        byte[] frame = WebSocketFrames.close(4000, reason);
        assertThat(frame.length).isLessThanOrEqualTo(2 + 125);
        assertThat(frame[1]).isEqualTo((byte) (frame.length - 2));
        String text = new String(frame, 4, frame.length - 4, StandardCharsets.UTF_8);
        String whole = new String(reason.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        assertThat(whole).startsWith(text);
        assertThat(Utf8.isWellFormed(frame, 4, frame.length - 4)).isTrue();
    }
}
