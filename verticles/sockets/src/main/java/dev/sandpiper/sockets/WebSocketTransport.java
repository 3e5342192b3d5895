package dev.sandpiper.sockets;

import dev.sandpiper.domain.CredentialError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Scope;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Opens WebSockets. After the handshake the connection leaves Vert.x: its Netty channel keeps TLS, Netty's frame decoder
 * and one handler of ours, and nothing else, which is what an idle socket costs.
 */
final class WebSocketTransport implements Handler<RoutingContext> {
    /** Below the first, replay goes on; above the second, it waits. */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(32 * 1_024, 64 * 1_024);

    /** Vert.x's offer of HTTP/2 removes itself after the first request, which may be the one that is being handled. */
    private static final String LEAVES_BY_ITSELF = "h2c";

    private final SocketLoop loop;
    private final Conversation conversation;
    private final WebSocketDecoderConfig decoding;

    WebSocketTransport(SocketLoop loop) {
        this.loop = loop;
        this.conversation = new Conversation(loop);
        this.decoding = WebSocketDecoderConfig.newBuilder()
                .maxFramePayloadLength(loop.config().payload().document())
                .expectMaskedFrames(true)
                .allowMaskMismatch(false)
                .allowExtensions(false)
                .closeOnProtocolViolation(false)
                .build();
    }

    @Override
    public void handle(RoutingContext request) {
        try {
            WebSocketHandshake.check(request.request(), loop.config());
            loop.connections().requireRoom();
        } catch (PlatformException e) {
            refuse(request, e);
            return;
        }
        loop.routes().authenticate(request).onComplete(result -> {
            Throwable failure = result.cause();
            if (failure != null && !isMissing(failure)) {
                refuse(request, failure);
            } else {
                upgrade(request, result.result());
            }
        });
    }

    /** Without a credential the client has a moment to send an {@code auth} frame. */
    private static boolean isMissing(Throwable failure) {
        return failure instanceof PlatformException e && e.error() instanceof CredentialError.MissingCredentials;
    }

    private void upgrade(RoutingContext request, @Nullable Principal principal) {
        long number;
        try {
            if (principal != null && !principal.has(Scope.EVENTS_PUBLISH)) {
                principal.require(Scope.EVENTS_SUBSCRIBE);
            }
            number = loop.connections().open(Transport.WEBSOCKET);
        } catch (PlatformException e) {
            refuse(request, e);
            return;
        }
        request.response()
                .putHeader(HttpHeaders.UPGRADE, "websocket")
                .putHeader(HttpHeaders.CONNECTION, "Upgrade")
                .putHeader("Sec-WebSocket-Accept", WebSocketHandshake.accept(request.request()));
        request.request().toNetSocket().onComplete(socket -> {
            if (socket.succeeded()) {
                take(socket.result(), principal, number);
            } else {
                loop.connections().closed(Transport.WEBSOCKET);
            }
        });
    }

    private void take(NetSocket socket, @Nullable Principal principal, long number) {
        ChannelHandlerContext last = ((NetSocketInternal) socket).channelHandlerContext();
        Channel channel = last.channel();
        ChannelPipeline pipeline = channel.pipeline();
        for (Map.Entry<String, ChannelHandler> entry : pipeline.toMap().entrySet()) {
            if (!(entry.getValue() instanceof SslHandler) && !entry.getKey().equals(LEAVES_BY_ITSELF)) {
                pipeline.remove(entry.getKey());
            }
        }
        leaveVertx(last);
        channel.config().setWriteBufferWaterMark(WATER_MARK);
        var connection = new WebSocketConnection(loop, conversation, number, principal);
        pipeline.addLast(new WebSocket13FrameDecoder(decoding), new WebSocketInbound(loop, connection));
        channel.config().setAutoRead(true);
        if (!channel.isActive()) {
            connection.closed();
        }
    }

    /** For Vert.x, and for its metrics, the connection ends here. */
    private static void leaveVertx(ChannelHandlerContext last) {
        try {
            ((ChannelInboundHandler) last.handler()).channelInactive(last);
        } catch (Exception e) {
            throw new IllegalStateException("Vert.x did not let go of a connection", e);
        }
    }

    private void refuse(RoutingContext request, Throwable failure) {
        if (failure instanceof PlatformException e && e.error() instanceof RequestError.UpgradeRequired) {
            request.response()
                    .putHeader(HttpHeaders.UPGRADE, "websocket")
                    .putHeader(WebSocketHandshake.VERSION_HEADER, WebSocketHandshake.VERSION);
        }
        loop.refuse(request, failure);
    }
}
