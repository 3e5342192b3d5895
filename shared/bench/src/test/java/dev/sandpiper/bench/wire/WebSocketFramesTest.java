package dev.sandpiper.bench.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebSocketFramesTest {
    private final Heard heard = new Heard();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125, 126, 65_535, 65_536})
    void aFrameOfAnyLengthIsReadOnceItIsComplete(int length) {
        byte[] body = "x".repeat(length).getBytes(StandardCharsets.US_ASCII);
        ByteBuf bytes = Unpooled.buffer().writeByte(0x81);
        if (length < 126) {
            bytes.writeByte(length);
        } else if (length < 65_536) {
            bytes.writeByte(126).writeShort(length);
        } else {
            bytes.writeByte(127).writeLong(length);
        }
        bytes.writeBytes(body);
        ByteBuf arriving = Unpooled.buffer();
        while (bytes.readableBytes() > 1) {
            arriving.writeBytes(bytes, Math.min(bytes.readableBytes() - 1, 1_000));
            WebSocketFrames.read(arriving, heard);
            assertThat(heard.frames).isEmpty();
        }
        arriving.writeBytes(bytes);
        WebSocketFrames.read(arriving, heard);
        assertThat(heard.frames).containsExactly("x".repeat(length));
        assertThat(arriving.isReadable()).isFalse();
    }

    @Test
    void severalFramesInOneReadAreAllHeardAndTheRestIsLeft() {
        ByteBuf bytes = Unpooled.buffer();
        bytes.writeBytes(
                new byte[] {(byte) 0x81, 1, 'a', (byte) 0x89, 0, (byte) 0x81, 2, 'b', 'c', (byte) 0x81, 5, 'd'});
        WebSocketFrames.read(bytes, heard);
        assertThat(heard.frames).containsExactly("a", "bc");
        assertThat(heard.pings).isEqualTo(1);
        assertThat(bytes.readableBytes()).isEqualTo(3);
    }

    @Test
    void aCloseFrameTellsItsCodeAndReason() {
        ByteBuf bytes = Unpooled.buffer().writeByte(0x88).writeByte(6).writeShort(4001);
        bytes.writeBytes("slow".getBytes(StandardCharsets.US_ASCII));
        WebSocketFrames.read(bytes, heard);
        assertThat(heard.closed).contains("4001").contains("slow");
    }

    @Test
    void aFragmentIsRefusedRatherThanMissed() {
        WebSocketFrames.read(Unpooled.wrappedBuffer(new byte[] {1, 1, 'a'}), heard);
        assertThat(heard.closed).contains("fragmented");
        assertThat(heard.frames).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 126, 70_000})
    void whatIsSentIsMasked(int length) {
        ByteBuf frame = WebSocketFrames.text(UnpooledByteBufAllocator.DEFAULT, "y".repeat(length));
        assertThat(frame.getByte(0)).isEqualTo((byte) 0x81);
        assertThat(frame.getByte(1) & 0x80).isEqualTo(0x80);
        assertThat(frame.toString(frame.writerIndex() - length, length, StandardCharsets.US_ASCII))
                .isEqualTo("y".repeat(length));
    }
}
