package dev.sandpiper.bench;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A real-time server of one thread that can be told to do something wrong. Parsed by Netty's codecs, not by what is tested. */
final class TinyServer implements AutoCloseable {
    /** In the middle of a run. */
    private static final int AT = 30;

    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Map<String, List<Client>> subscribers = new HashMap<>();
    private final Map<String, List<String>> history = new HashMap<>();
    private final AtomicReference<String> lastHeaders = new AtomicReference<>("");
    private final Dialect dialect;
    private final Fault fault;
    private final Channel listening;
    private int posts;
    private int deliveries;
    private String held = "";
    private @Nullable Client heldFor;

    TinyServer(Dialect dialect, Fault fault) throws InterruptedException {
        this.dialect = dialect;
        this.fault = fault;
        this.listening = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(new HttpServerCodec(), new HttpObjectAggregator(1 << 20), new Requests());
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + ((InetSocketAddress) listening.localAddress()).getPort());
    }

    /** Of the last event that was posted. */
    String lastHeaders() {
        return lastHeaders.get();
    }

    /** A connection that listens. */
    record Client(Channel channel, boolean webSocket) {
        void send(String text) {
            channel.writeAndFlush(
                    webSocket
                            ? new TextWebSocketFrame(text)
                            : new DefaultHttpContent(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8)));
        }
    }

    void subscribe(Client client, String topic) {
        subscribers.computeIfAbsent(topic, name -> new ArrayList<>()).add(client);
    }

    /** What was published so far. */
    List<String> history(String topic) {
        return history.getOrDefault(topic, List.of());
    }

    /** Delivers, with the fault; returns the event's number in its topic, from 1. */
    int publish(String topic, String data) {
        List<String> all = history.computeIfAbsent(topic, name -> new ArrayList<>());
        all.add(data);
        String event = dialect.event(topic, data, all.size());
        for (Client client : subscribers.getOrDefault(topic, List.of())) {
            deliver(client, event);
        }
        return all.size();
    }

    private void deliver(Client client, String event) {
        deliveries++;
        if (deliveries == AT && fault == Fault.LOSES_ONE) {
            return;
        }
        if (deliveries == AT && fault == Fault.SWAPS_TWO) {
            held = event;
            heldFor = client;
            return;
        }
        if (deliveries == AT && fault == Fault.MISDIRECTS_ONE) {
            subscribers.values().forEach(clients -> clients.getFirst().send(event));
            return;
        }
        client.send(event);
        if (deliveries == AT && fault == Fault.REPEATS_ONE) {
            client.send(event);
        }
        if (client.equals(heldFor)) {
            client.send(held);
            heldFor = null;
        }
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }

    private final class Requests extends SimpleChannelInboundHandler<Object> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, Object message) {
            if (message instanceof TextWebSocketFrame frame) {
                dialect.received(TinyServer.this, new Client(context.channel(), true), frame.text());
            } else if (message instanceof FullHttpRequest request) {
                if (request.headers().contains(HttpHeaderNames.UPGRADE)) {
                    upgrade(context, request);
                } else if (request.method().name().equals("GET")) {
                    stream(context, request.uri());
                } else {
                    post(context, request);
                }
            }
        }

        private void upgrade(ChannelHandlerContext context, FullHttpRequest request) {
            String uri = request.uri();
            new WebSocketServerHandshakerFactory(uri, null, false)
                    .newHandshaker(request)
                    .handshake(context.channel(), request)
                    .addListener(done -> dialect.connected(TinyServer.this, new Client(context.channel(), true), uri));
        }

        private void stream(ChannelHandlerContext context, String uri) {
            HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
            response.headers()
                    .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.TEXT_EVENT_STREAM)
                    .set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
            context.writeAndFlush(response);
            dialect.connected(TinyServer.this, new Client(context.channel(), false), uri);
        }

        private void post(ChannelHandlerContext context, FullHttpRequest request) {
            posts++;
            lastHeaders.set(request.headers().toString());
            if (posts == AT && fault == Fault.REFUSES_ONE) {
                answer(context, HttpResponseStatus.SERVICE_UNAVAILABLE, "{\"error\":{\"code\":\"BUSY\"}}");
                return;
            }
            String body = request.content().toString(StandardCharsets.UTF_8);
            String uri = request.uri();
            if (posts == AT && fault == Fault.STALLS) {
                long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(300);
                while (System.nanoTime() < until) {
                    Thread.onSpinWait();
                }
            }
            answer(context, HttpResponseStatus.OK, dialect.posted(TinyServer.this, uri, body));
        }

        private void answer(ChannelHandlerContext context, HttpResponseStatus status, String body) {
            var content = Unpooled.copiedBuffer(body, StandardCharsets.UTF_8);
            var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, content);
            response.headers().set(HttpHeaderNames.CONTENT_LENGTH, content.readableBytes());
            context.writeAndFlush(response);
        }
    }
}
