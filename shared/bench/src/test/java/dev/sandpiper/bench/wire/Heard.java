package dev.sandpiper.bench.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Remembers what a connection's bytes contained. */
final class Heard implements FrameSink {
    final List<String> frames = new ArrayList<>();
    int pings;
    String closed = "";

    @Override
    public void opened() {}

    @Override
    public void frame(ByteBuf bytes, int from, int length) {
        frames.add(bytes.toString(from, length, StandardCharsets.UTF_8));
    }

    @Override
    public void ping() {
        pings++;
    }

    @Override
    public void closed(String why) {
        closed = why;
    }
}
