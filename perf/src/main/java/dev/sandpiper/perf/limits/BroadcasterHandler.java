package dev.sandpiper.perf.limits;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The HTTP side: upgrades, streams, publishes. */
final class BroadcasterHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final AtomicLong PUBLISHED = new AtomicLong();

    private static final String STREAM_HEAD = String.join(
            "\r\n",
            "HTTP/1.1 200 OK",
            "Content-Type: text/event-stream",
            "Cache-Control: no-store",
            "Connection: close",
            "",
            "");

    private final Topics topics;

    BroadcasterHandler(Topics topics) {
        this.topics = topics;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) throws IOException {
        QueryStringDecoder uri = new QueryStringDecoder(request.uri());
        switch (uri.path()) {
            case "/v1/ws" -> upgrade(context, request);
            case "/v1/sse" -> stream(context, uri);
            case "/v1/events" -> publish(context, request);
            default -> answer(context, HttpResponseStatus.NOT_FOUND, "{}");
        }
    }

    private void upgrade(ChannelHandlerContext context, FullHttpRequest request) {
        @Nullable
        WebSocketServerHandshaker handshaker =
                new WebSocketServerHandshakerFactory("ws://127.0.0.1/v1/ws", null, false).newHandshaker(request);
        if (handshaker == null) {
            WebSocketServerHandshakerFactory.sendUnsupportedVersionResponse(context.channel());
            return;
        }
        context.pipeline().addLast(new SubscribeHandler(topics));
        context.pipeline().remove(this);
        handshaker
                .handshake(context.channel(), request)
                .addListener(done -> context.channel().writeAndFlush(Frames.text(Frames.CONNECTED)));
    }

    private void stream(ChannelHandlerContext context, QueryStringDecoder uri) {
        List<String> names = uri.parameters().getOrDefault("topics", List.of());
        ByteBuf head = Frames.ascii(STREAM_HEAD);
        // From here on the connection carries one endless answer; the codec would only stand in the way.
        context.pipeline().remove(HttpServerCodec.class);
        context.pipeline().remove(HttpObjectAggregator.class);
        context.write(head);
        for (String name : names) {
            for (String topic : name.split(",")) {
                context.write(Frames.event("subscribed", Frames.subscribed(topic, null)));
                topics.addStream(topic, context.channel());
            }
        }
        context.flush();
        context.pipeline().remove(this);
    }

    private void publish(ChannelHandlerContext context, FullHttpRequest request) throws IOException {
        if (!request.method().equals(HttpMethod.POST)) {
            answer(context, HttpResponseStatus.METHOD_NOT_ALLOWED, "{}");
            return;
        }
        JsonNode body = JSON.readTree(new ByteBufInputStream(request.content()));
        String topic = body.path("topic").asText();
        long number = PUBLISHED.incrementAndGet();
        String id = Frames.id(number);
        String message = Frames.message(topic, body.path("data").toString(), id, number);
        topics.broadcast(topic, Frames.text(message), Frames.event("message", message));
        answer(
                context,
                HttpResponseStatus.CREATED,
                "{\"id\":\"" + id + "\",\"topic\":\"" + topic + "\",\"cursor\":\"" + Frames.cursor(number)
                        + "\",\"duplicate\":false,\"class\":\"ephemeral\",\"durability\":\"memory\"}");
    }

    private static void answer(ChannelHandlerContext context, HttpResponseStatus status, String json) {
        ByteBuf body = Unpooled.wrappedBuffer(json.getBytes(StandardCharsets.UTF_8));
        var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
                .set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        context.writeAndFlush(response);
    }
}
