package dev.sandpiper.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServer;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection on which no request has arrived in time, TLS handshake included. A client may drip one byte at a time
 * for ever, so no idle timeout would notice.
 *
 * <p>Vert.x shows a connection only once its first request has arrived, and has no hook for the moment when it is accepted.
 * So this sits down in the pipeline of the listening channel, which has to be got out of the server by reflection.
 */
final class FirstRequestDeadline extends ChannelInboundHandlerAdapter {
    private static final String NAME = "first-request-deadline";

    private final long nanos;
    private @Nullable ScheduledFuture<?> deadline;

    private FirstRequestDeadline(long nanos) {
        this.nanos = nanos;
    }

    /** For every connection that the server accepts from now on. Idempotent per listening channel. */
    static Future<Void> guard(HttpServer listening, Duration patience) {
        Channel channel = channel(listening);
        Promise<Void> guarded = Promise.promise();
        channel.eventLoop().execute(() -> {
            if (channel.pipeline().get(NAME) == null) {
                channel.pipeline().addFirst(NAME, new Acceptor(patience.toNanos()));
            }
            guarded.complete();
        });
        return guarded.future();
    }

    /** The first request is here: the deadline is met. */
    static void met(Channel channel) {
        ChannelHandler guard = channel.pipeline().get(NAME);
        if (guard != null) {
            channel.pipeline().remove(guard);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        deadline = context.executor()
                .schedule(
                        () -> {
                            context.close();
                        },
                        nanos,
                        TimeUnit.NANOSECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        cancel();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        cancel();
        context.fireChannelInactive();
    }

    private void cancel() {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    private static Channel channel(HttpServer server) {
        try {
            Object tcpServer = field(server, "tcpServer");
            Future<?> bound = (Future<?>) field(field(tcpServer, "actualServer"), "bindFuture");
            return (Channel) bound.result();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("this version of Vert.x keeps its listening channel elsewhere", e);
        }
    }

    private static Object field(Object owner, String name) throws ReflectiveOperationException {
        Field field = owner.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(owner);
    }

    /** Sees each accepted connection before Vert.x does. */
    private static final class Acceptor extends ChannelInboundHandlerAdapter {
        private final long nanos;

        Acceptor(long nanos) {
            this.nanos = nanos;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object accepted) {
            if (accepted instanceof Channel connection) {
                connection.pipeline().addLast(NAME, new FirstRequestDeadline(nanos));
            }
            context.fireChannelRead(accepted);
        }
    }
}
