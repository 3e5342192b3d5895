package dev.sandpiper.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebSocketFramesTest {
    @ParameterizedTest
    @CsvSource({"0, 2", "125, 2", "126, 4", "65535, 4", "65536, 10", "70000, 10"})
    void aHeaderIsAsShortAsThePayloadAllows(int payload, int header) {
        byte[] frame = WebSocketFrames.text(new byte[payload]);
        assertThat(frame).hasSize(header + payload);
        assertThat(frame[0]).isEqualTo((byte) 0x81);
        assertThat(announced(frame)).isEqualTo(payload);
        assertThat(WebSocketFrames.binary(new byte[payload])[0]).isEqualTo((byte) 0x82);
    }

    private static long announced(byte[] frame) {
        int first = frame[1];
        if (first < 126) {
            return first;
        }
        int count = first == 126 ? 2 : 8;
        long value = 0;
        for (int i = 0; i < count; i++) {
            value = (value << 8) | (frame[2 + i] & 0xff);
        }
        return value;
    }
}
