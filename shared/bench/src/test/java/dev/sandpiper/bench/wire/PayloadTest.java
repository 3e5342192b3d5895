package dev.sandpiper.bench.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadTest {
    private record Event(long due, int series, int number) {}

    @ParameterizedTest
    @ValueSource(ints = {Payload.MINIMUM, 128, 260, 4_096})
    void aPayloadHasTheSizeThatWasAskedFor(int size) {
        assertThat(Payload.of(0, 0, 0, size)).hasSize(size);
        assertThat(Payload.of(99_999_999_999_999_999L, 9_999, 9_999_999, size)).hasSize(size);
    }

    @Test
    void itIsFoundInWhateverTheServerWrapsAroundIt() {
        assertThat(read("{\"type\":\"message\",\"channel\":\"a-7\",\"data\":" + Payload.of(123, 4, 5, 64)
                        + ",\"id\":\"9\"}"))
                .containsExactly(new Event(123, 4, 5));
    }

    @Test
    void severalInOneFrameAreAllFound() {
        assertThat(read("[" + Payload.of(1, 0, 0, 64) + "," + Payload.of(2, 0, 1, 64) + "]"))
                .containsExactly(new Event(1, 0, 0), new Event(2, 0, 1));
    }

    @Test
    void aFrameWithoutOneOrWithHalfOfOneHoldsNone() {
        assertThat(read("{\"type\":\"pong\"}")).isEmpty();
        assertThat(read("{\"~due\":123,\"s\":4,\"n\":")).isEmpty();
        assertThat(read("~")).isEmpty();
    }

    @Test
    void whatLiesOutsideTheFrameIsNotRead() {
        ByteBuf bytes = Unpooled.copiedBuffer("xx{\"~due\":1,\"s\":2,\"n\":34567", StandardCharsets.US_ASCII);
        List<Event> events = new ArrayList<>();
        new PayloadReader()
                .read(
                        bytes,
                        2,
                        bytes.readableBytes() - 4,
                        (due, series, number) -> events.add(new Event(due, series, number)));
        assertThat(events).containsExactly(new Event(1, 2, 345));
    }

    private static List<Event> read(String frame) {
        List<Event> events = new ArrayList<>();
        ByteBuf bytes = Unpooled.copiedBuffer(frame, StandardCharsets.US_ASCII);
        int count = new PayloadReader()
                .read(
                        bytes,
                        0,
                        bytes.readableBytes(),
                        (due, series, number) -> events.add(new Event(due, series, number)));
        assertThat(count).isEqualTo(events.size());
        return events;
    }
}
