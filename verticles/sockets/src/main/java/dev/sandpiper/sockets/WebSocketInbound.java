package dev.sandpiper.sockets;

import dev.sandpiper.domain.RequestError;
import dev.sandpiper.protocol.ClientFrame;
import dev.sandpiper.protocol.ClientFrames;
import dev.sandpiper.protocol.WebSocketFrames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.internal.ContextInternal;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The last handler of a WebSocket's pipeline: puts messages together and hands them to the {@link WebSocketConnection}. */
final class WebSocketInbound extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(WebSocketInbound.class);

    private final SocketLoop loop;
    private final WebSocketConnection connection;
    private @Nullable PartialMessage partial;

    WebSocketInbound(SocketLoop loop, WebSocketConnection connection) {
        this.loop = loop;
        this.connection = connection;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        connection.opened(context);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ContextInternal previous = loop.context().beginDispatch();
        try {
            if (message instanceof WebSocketFrame frame) {
                connection.heard();
                read(frame);
            }
        } finally {
            loop.context().endDispatch(previous);
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        connection.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        connection.writable(ctx.channel().isWritable());
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        partial = null;
        connection.closed();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof CorruptedWebSocketFrameException violation) {
            if (violation.closeStatus().equals(WebSocketCloseStatus.MESSAGE_TOO_BIG)) {
                tooLarge();
            } else {
                String reason = violation.getMessage();
                connection.close(violation.closeStatus().code(), reason == null ? "" : reason);
            }
            beDeaf(ctx);
            return;
        }
        if (!(cause instanceof IOException)) {
            ConnectionLog.about(connection, LOG.atWarn()).setCause(cause).log("A connection failed");
        }
        ctx.close();
    }

    /**
     * After a violation frames cannot be told apart any more. What still arrives is thrown away, not left unread: that would
     * reset the connection and take the close frame from the client.
     */
    private void beDeaf(ChannelHandlerContext ctx) {
        connection.hurry();
        ctx.pipeline().remove(WebSocketFrameDecoder.class);
        if (ctx.channel() instanceof DuplexChannel duplex && ctx.pipeline().get(SslHandler.class) == null) {
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> duplex.shutdownOutput());
        }
    }

    private void read(WebSocketFrame frame) {
        if (frame instanceof CloseWebSocketFrame close) {
            connection.closedByClient(close.statusCode());
        } else if (connection.isOpen()) {
            if (frame instanceof TextWebSocketFrame || frame instanceof BinaryWebSocketFrame) {
                begin(frame, frame instanceof TextWebSocketFrame);
            } else if (frame instanceof ContinuationWebSocketFrame) {
                goOn(frame);
            } else if (frame instanceof PingWebSocketFrame) {
                connection.write(WebSocketFrames.pong(ByteBufUtil.getBytes(frame.content())));
            }
        }
    }

    private void begin(WebSocketFrame frame, boolean text) {
        ByteBuf content = frame.content();
        int length = content.readableBytes();
        if (frame.isFinalFragment()) {
            content.readBytes(loop.scratch(), 0, length);
            message(loop.scratch(), length, text);
        } else {
            partial = new PartialMessage(text);
            append(partial, content);
        }
    }

    private void goOn(WebSocketFrame frame) {
        PartialMessage message = partial;
        if (message == null || !append(message, frame.content())) {
            return;
        }
        if (frame.isFinalFragment()) {
            partial = null;
            message(message.bytes(), message.length(), message.isText());
        }
    }

    private boolean append(PartialMessage message, ByteBuf content) {
        if (message.append(content, loop.config().payload().document())) {
            return true;
        }
        partial = null;
        tooLarge();
        return false;
    }

    private void message(byte[] bytes, int length, boolean text) {
        ClientFrame frame =
                text ? ClientFrames.parseText(bytes, 0, length) : ClientFrames.parseBinary(bytes, 0, length);
        if (text && frame instanceof ClientFrame.Malformed m && m.error() instanceof RequestError.InvalidUtf8) {
            loop.metrics().error(m.error());
            connection.close(
                    WebSocketCloseStatus.INVALID_PAYLOAD_DATA.code(), m.error().message());
            return;
        }
        loop.metrics().frame(frame.type());
        connection.handle(frame);
    }

    private void tooLarge() {
        if (connection.isOpen()) {
            var error = new RequestError.PayloadTooLarge(loop.config().payload().bytes());
            connection.fail(null, error);
            connection.close(WebSocketCloseStatus.MESSAGE_TOO_BIG.code(), error.message());
        }
    }
}
