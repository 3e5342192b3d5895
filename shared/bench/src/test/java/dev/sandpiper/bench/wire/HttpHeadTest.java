package dev.sandpiper.bench.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HttpHeadTest {
    @Test
    void aHeadIsTakenWhenItIsCompleteAndItsBodyLeft() {
        String text = "HTTP/1.1 201 Created\r\nX: y\r\ncontent-length: 12\r\n\r\nbody";
        int head = text.indexOf("body");
        for (int length = 0; length < head; length++) {
            ByteBuf bytes = buffer(text.substring(0, length));
            assertThat(HttpHead.read(bytes)).isNull();
            assertThat(bytes.readerIndex()).isZero();
        }
        ByteBuf bytes = buffer(text);
        assertThat(HttpHead.read(bytes)).isEqualTo(new HttpHead(201, 12));
        assertThat(bytes.toString(StandardCharsets.US_ASCII)).isEqualTo("body");
    }

    @Test
    void itTellsHowTheBodyEnds() {
        assertThat(HttpHead.read(buffer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")))
                .isEqualTo(new HttpHead(200, HttpHead.CHUNKED));
        assertThat(HttpHead.read(buffer("HTTP/1.1 200 OK\r\nServer: x\r\n\r\n")))
                .isEqualTo(new HttpHead(200, HttpHead.UNKNOWN));
        assertThat(HttpHead.read(buffer("HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n")))
                .isEqualTo(new HttpHead(204, 0));
        assertThat(HttpHead.read(buffer("SSH-2.0-OpenSSH\r\n\r\n"))).isEqualTo(new HttpHead(0, HttpHead.UNKNOWN));
    }

    private static ByteBuf buffer(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }
}
