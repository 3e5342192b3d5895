package dev.sandpiper.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HttpChunksTest {
    @Test
    void aChunkSaysItsLengthInHexadecimal() {
        String part = "id: 12345678\n\n\n\n";
        assertThat(HttpChunks.of(part.getBytes(StandardCharsets.US_ASCII)))
                .asString(StandardCharsets.US_ASCII)
                .isEqualTo("10\r\n" + part + "\r\n");
        assertThat(HttpChunks.last()).asString(StandardCharsets.US_ASCII).isEqualTo("0\r\n\r\n");
    }

    @Test
    void anEmptyPartWouldEndTheBody() {
        assertThatIllegalArgumentException().isThrownBy(() -> HttpChunks.of(new byte[0]));
    }
}
