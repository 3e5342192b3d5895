package dev.sandpiper.perf.limits;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Who listens to what. Each event loop has a table of its own, so that an event crosses threads once per loop. */
final class Topics {
    /** Confined to one event loop. */
    private static final class Table {
        final Map<String, List<Channel>> webSockets = new HashMap<>();
        final Map<String, List<Channel>> streams = new HashMap<>();
    }

    private final IdentityHashMap<EventExecutor, Table> tables = new IdentityHashMap<>();

    Topics(EventLoopGroup group) {
        group.forEach(loop -> tables.put(loop, new Table()));
    }

    /** To be called on the channel's own event loop. */
    void addWebSocket(String topic, Channel channel) {
        add(table(channel.eventLoop()).webSockets, topic, channel);
    }

    /** To be called on the channel's own event loop. */
    void addStream(String topic, Channel channel) {
        add(table(channel.eventLoop()).streams, topic, channel);
    }

    /** Sends the same bytes to everyone. Takes over both buffers. */
    void broadcast(String topic, ByteBuf frame, ByteBuf event) {
        tables.forEach((loop, table) -> {
            ByteBuf ofFrame = frame.retain();
            ByteBuf ofEvent = event.retain();
            loop.execute(() -> {
                send(table.webSockets.getOrDefault(topic, List.of()), ofFrame);
                send(table.streams.getOrDefault(topic, List.of()), ofEvent);
            });
        });
        frame.release();
        event.release();
    }

    private static void send(List<Channel> channels, ByteBuf bytes) {
        for (int i = 0; i < channels.size(); i++) {
            Channel channel = channels.get(i);
            channel.writeAndFlush(bytes.retainedDuplicate(), channel.voidPromise());
        }
        bytes.release();
    }

    private static void add(Map<String, List<Channel>> table, String topic, Channel channel) {
        List<Channel> channels = table.computeIfAbsent(topic, name -> new ArrayList<>());
        channels.add(channel);
        channel.closeFuture().addListener(closed -> channels.remove(channel));
    }

    private Table table(EventLoop loop) {
        Table table = tables.get(loop);
        if (table == null) {
            throw new IllegalStateException("an event loop of another group");
        }
        return table;
    }
}
