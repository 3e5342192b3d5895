package dev.sandpiper.perf.limits;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.io.IOException;

/** The WebSocket side: subscriptions. What is broadcast passes Netty's encoder by, being bytes already. */
final class SubscribeHandler extends SimpleChannelInboundHandler<WebSocketFrame> {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Topics topics;

    SubscribeHandler(Topics topics) {
        this.topics = topics;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) throws IOException {
        if (frame instanceof PingWebSocketFrame ping) {
            context.writeAndFlush(new PongWebSocketFrame(ping.content().retain()));
        } else if (frame instanceof TextWebSocketFrame text) {
            JsonNode message = JSON.readTree(text.text());
            if (message.path("type").asText().equals("subscribe")) {
                String topic = message.path("channel").asText();
                String id = message.hasNonNull("id") ? message.get("id").asText() : null;
                context.writeAndFlush(Frames.text(Frames.subscribed(topic, id)));
                topics.addWebSocket(topic, context.channel());
            }
        } else {
            context.close();
        }
    }
}
