package dev.sandpiper.sockets;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslHandler;
import java.util.Map;

/**
 * Takes a connection out of Vert.x. Its Netty channel keeps TLS and nothing else, until we add what we need, which is what an
 * idle connection costs.
 */
final class Takeover {
    /** Below the first, replay goes on; above the second, it waits. */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(32 * 1_024, 64 * 1_024);

    /** Vert.x's offer of HTTP/2 removes itself after the first request, which may be the one that is being handled. */
    private static final String LEAVES_BY_ITSELF = "h2c";

    private Takeover() {}

    /** @param last Vert.x's own handler */
    static ChannelPipeline of(ChannelHandlerContext last) {
        ChannelPipeline pipeline = last.channel().pipeline();
        for (Map.Entry<String, ChannelHandler> entry : pipeline.toMap().entrySet()) {
            if (!(entry.getValue() instanceof SslHandler) && !entry.getKey().equals(LEAVES_BY_ITSELF)) {
                pipeline.remove(entry.getKey());
            }
        }
        leaveVertx(last);
        last.channel().config().setWriteBufferWaterMark(WATER_MARK);
        return pipeline;
    }

    /** For Vert.x, and for its metrics, the connection ends here. */
    private static void leaveVertx(ChannelHandlerContext last) {
        try {
            ((ChannelInboundHandler) last.handler()).channelInactive(last);
        } catch (Exception e) {
            throw new IllegalStateException("Vert.x did not let go of a connection", e);
        }
    }
}
