package dev.sandpiper.bench.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

/** Wherever the server cuts a chunk and the network a packet, the same events come out. */
class StreamProperties {
    @Property(tries = 300)
    void chunkedEventsAreReadHoweverTheyAreCut(
            @ForAll @Size(min = 1, max = 8) List<@AlphaChars @StringLength(min = 1, max = 60) String> events,
            @ForAll @IntRange(min = 1, max = 40) int chunkSize,
            @ForAll @IntRange(min = 1, max = 40) int packetSize) {
        StringBuilder stream = new StringBuilder();
        events.forEach(event -> stream.append("data: ").append(event).append("\n\n"));
        StringBuilder coded = new StringBuilder();
        for (int at = 0; at < stream.length(); at += chunkSize) {
            String chunk = stream.substring(at, Math.min(stream.length(), at + chunkSize));
            coded.append(Integer.toHexString(chunk.length()))
                    .append("\r\n")
                    .append(chunk)
                    .append("\r\n");
        }
        coded.append("0\r\n\r\n");

        Heard heard = new Heard();
        ByteBuf arriving = Unpooled.buffer();
        ByteBuf content = Unpooled.buffer();
        long left = Chunks.SIZE;
        for (int at = 0; at < coded.length(); at += packetSize) {
            arriving.writeCharSequence(
                    coded.substring(at, Math.min(coded.length(), at + packetSize)), StandardCharsets.US_ASCII);
            left = Chunks.read(arriving, left, content);
            EventStream.read(content, heard);
        }
        assertThat(left).isEqualTo(Chunks.END);
        assertThat(heard.frames)
                .isEqualTo(events.stream().map(event -> "data: " + event).toList());
        assertThat(content.isReadable()).isFalse();
    }
}
