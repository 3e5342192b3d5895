package dev.sandpiper.perf;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Many open WebSockets, each subscribed to one channel, on one thread. */
final class Sockets implements AutoCloseable {
    private static final int CONNECTING_AT_ONCE = 200;

    private final EventLoopGroup loop;
    private final Class<? extends Channel> channelType;
    private final List<Channel> channels = new ArrayList<>();
    private final Deliveries deliveries = new Deliveries();
    private final InetSocketAddress address;
    private final String key;

    Sockets(URI server, String key) {
        IoHandlerFactory io = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        this.loop = new MultiThreadIoEventLoopGroup(1, io);
        this.channelType = Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class;
        this.address = new InetSocketAddress(server.getHost(), server.getPort());
        this.key = key;
    }

    /** Opens {@code count} sockets and waits until every one is subscribed. */
    void open(int count, String channel) throws InterruptedException {
        Semaphore room = new Semaphore(CONNECTING_AT_ONCE);
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(channelType)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel socket) {
                        socket.pipeline().addLast(new SocketHandler(address, key, channel, room::release, deliveries));
                    }
                });
        for (int i = 0; i < count; i++) {
            if (!room.tryAcquire(30, TimeUnit.SECONDS)) {
                deliveries.requireNoFailure();
                throw new IllegalStateException("only " + i + " of " + count + " sockets could be opened");
            }
            ChannelFuture connected = bootstrap.connect(address);
            channels.add(connected.channel());
        }
        if (!room.tryAcquire(CONNECTING_AT_ONCE, 60, TimeUnit.SECONDS)) {
            deliveries.requireNoFailure();
            throw new IllegalStateException("not every socket was subscribed in time");
        }
    }

    Deliveries deliveries() {
        return deliveries;
    }

    @Override
    public void close() throws InterruptedException {
        for (Channel channel : channels) {
            channel.close();
        }
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS);
    }
}
