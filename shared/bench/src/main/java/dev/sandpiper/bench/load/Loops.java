package dev.sandpiper.bench.load;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Threads that serve connections: epoll where there is, else NIO. */
final class Loops implements AutoCloseable {
    private static final boolean NATIVE = Epoll.isAvailable();

    private final MultiThreadIoEventLoopGroup group;
    private final List<EventLoop> loops = new ArrayList<>();

    Loops(int threads) {
        group = new MultiThreadIoEventLoopGroup(
                threads, NATIVE ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        for (EventExecutor each : group) {
            loops.add((EventLoop) each);
        }
    }

    List<EventLoop> all() {
        return loops;
    }

    /**
     * Opens a connection; to be called on its loop. The handler hears of its fate: {@code channelActive}, or
     * {@code exceptionCaught}.
     */
    static void connect(
            EventLoop loop, ChannelHandler handler, InetSocketAddress to, @Nullable InetSocketAddress from) {
        Channel channel = NATIVE ? new EpollSocketChannel() : new NioSocketChannel();
        channel.config().setOption(ChannelOption.TCP_NODELAY, true);
        // Whoever waits for the connection has a limit of its own, and a timer for each would stay in memory.
        channel.config().setConnectTimeoutMillis(0);
        if (NATIVE && from != null) {
            // The port is chosen when the target is known, so one address serves as many connections as it has ports
            // for each.
            channel.config().setOption(EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, true);
        }
        channel.pipeline().addLast(handler);
        loop.register(channel);
        channel.connect(to, from).addListener(done -> {
            if (!done.isSuccess()) {
                channel.pipeline().fireExceptionCaught(done.cause());
                channel.close();
            }
        });
    }

    /** Closes every connection. */
    @Override
    public void close() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
    }
}
