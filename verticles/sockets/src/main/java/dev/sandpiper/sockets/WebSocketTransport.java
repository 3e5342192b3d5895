package dev.sandpiper.sockets;

import dev.sandpiper.domain.CredentialError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.runtime.auth.Caller;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/**
 * Opens WebSockets. After the handshake the connection leaves Vert.x: its Netty channel keeps TLS, Netty's frame decoder
 * and one handler of ours, and nothing else, which is what an idle socket costs.
 */
final class WebSocketTransport implements Handler<RoutingContext> {
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
        loop.routes().identify(request).onComplete(result -> {
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
        // Now: the request is gone afterwards.
        var caller = new SocketCaller(
                loop.routes().clientAddress(request), request.request().getHeader(HttpHeaders.ORIGIN));
        request.request().toNetSocket().onComplete(socket -> {
            if (socket.succeeded()) {
                take(socket.result(), caller, principal, number);
            } else {
                loop.connections().closed(Transport.WEBSOCKET);
            }
        });
    }

    private void take(NetSocket socket, Caller caller, @Nullable Principal principal, long number) {
        ChannelPipeline pipeline = Takeover.of(((NetSocketInternal) socket).channelHandlerContext());
        Channel channel = pipeline.channel();
        var connection = new WebSocketConnection(loop, conversation, number, caller, principal);
        pipeline.addLast(new WebSocket13FrameDecoder(decoding), new WebSocketInbound(loop, connection));
        channel.config().setAutoRead(true);
        if (!channel.isActive()) {
            connection.closed();
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
