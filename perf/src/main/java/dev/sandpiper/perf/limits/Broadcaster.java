package dev.sandpiper.perf.limits;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;

/**
 * The limit of fan-out: Netty, its own codecs, and a list of subscribers for each event loop and topic. No credential, no
 * storage, no cursor worth its name; it speaks just enough of the protocol that the same client can load it.
 *
 * <p>Arguments: the port. Prints {@code ready} and the transport once it listens on the loopback.
 */
public final class Broadcaster {
    private static final PrintStream OUT = System.out;
    private static final int BACKLOG = 16_384;
    private static final int MAX_BODY = 16 * 1024 * 1024;

    private Broadcaster() {}

    public static void main(String[] arguments) throws InterruptedException {
        int port = Integer.parseInt(arguments[0]);
        IoTransport transport = IoTransport.best();
        int loops = Runtime.getRuntime().availableProcessors();
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(loops, transport.handlers());
        Topics topics = new Topics(group);
        Channel server = new ServerBootstrap()
                .group(group)
                .channel(transport.server())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel socket) {
                        socket.pipeline()
                                .addLast(new HttpServerCodec())
                                .addLast(new HttpObjectAggregator(MAX_BODY))
                                .addLast(new BroadcasterHandler(topics));
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .sync()
                .channel();
        OUT.println("ready, " + transport.name() + ", " + loops + " event loops");
        CountDownLatch stopped = new CountDownLatch(1);
        server.closeFuture().addListener(closed -> stopped.countDown());
        stopped.await();
    }
}
