package dev.sandpiper.http;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadIoEventLoop;
import io.vertx.core.Handler;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Looks at every connection of an event loop once in a while and closes those that take too long: to send their first
 * request (a client may drip one byte at a time for ever), to send the next one, or to read.
 *
 * <p>It asks the event loop for its channels, because Vert.x shows a connection only after its first request has arrived.
 */
final class ConnectionSweep implements Handler<Long> {
    private final Front front;
    private final SingleThreadIoEventLoop loop;
    private final long patience;

    ConnectionSweep(Front front, EventLoop loop) {
        this.front = front;
        this.loop = (SingleThreadIoEventLoop) loop;
        this.patience = front.config.requestTimeout().toNanos();
    }

    @Override
    public void handle(Long timer) {
        long now = System.nanoTime();
        front.memory.sweep(now);
        for (Channel channel : accepted()) {
            Object state = channel.attr(ClientConnection.STATE).get();
            if (state == null) {
                channel.attr(ClientConnection.STATE).set(now);
            } else if (state instanceof ClientConnection client) {
                client.sweep(channel, now);
            } else if (state instanceof Long since && now - since > patience) {
                channel.close();
            }
        }
    }

    /** How many connections there are, WebSockets included. */
    int count() {
        return accepted().size();
    }

    void goAway() {
        for (Channel channel : accepted()) {
            if (channel.attr(ClientConnection.STATE).get() instanceof ClientConnection client) {
                client.goAway();
            }
        }
    }

    /** A copy, because closing a channel changes what is iterated over. */
    private List<Channel> accepted() {
        List<Channel> channels = new ArrayList<>();
        Iterator<Channel> all = loop.registeredChannelsIterator();
        while (all.hasNext()) {
            Channel channel = all.next();
            if (channel.parent() != null
                    && channel.parent().localAddress() instanceof InetSocketAddress address
                    && address.getPort() == front.gate.port()) {
                channels.add(channel);
            }
        }
        return channels;
    }
}
