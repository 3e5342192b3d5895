package dev.sandpiper.http;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.RequestError;
import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.buffer.BufferInternal;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Collects a request's body. The limit is enforced while reading, and before, when the client says how much will come. */
final class BodyReader {
    private static final byte[] EMPTY = {};
    private static final PlatformError BUSY = new AvailabilityError.ServerBusy(Duration.ofSeconds(1));

    /** Whoever wants the body. */
    interface Receiver {
        /** @param bytes owned by the receiver from {@code offset} for {@code length}, until the request is answered */
        void onBody(byte[] bytes, int offset, int length);

        /** There is no body that could be used. Not called when the client went away. */
        void onBodyFailed(PlatformError error);
    }

    private final Exchange exchange;
    private final int limit;
    private final int told;
    private final Receiver receiver;
    private final long began = System.nanoTime();
    private @Nullable ByteBuf only;
    private byte[] bytes = EMPTY;
    private int length;
    private boolean done;
    /** Neighbours in the list of {@link BodyMemory}, which alone sets them. */
    @Nullable
    BodyReader previous;

    @Nullable
    BodyReader next;

    private BodyReader(Exchange exchange, int limit, int told, Receiver receiver) {
        this.exchange = exchange;
        this.limit = limit;
        this.told = told;
        this.receiver = receiver;
    }

    /**
     * Call before the request's events can flow: in its handler, or while it is paused.
     *
     * @param told what a client whose body exceeds {@code limit} is told to keep to
     */
    static void read(Exchange exchange, int limit, int told, Receiver receiver) {
        HttpServerRequest request = exchange.request();
        long announced = exchange.announcedLength();
        if (announced > limit) {
            receiver.onBodyFailed(new RequestError.PayloadTooLarge(told));
            return;
        }
        if (announced > 0 && request.headers().contains(HttpHeaders.EXPECT)) {
            request.response().writeContinue();
        }
        var reader = new BodyReader(exchange, limit, told, receiver);
        request.handler(reader::onChunk);
        request.endHandler(end -> reader.onEnd());
        request.exceptionHandler(cause -> reader.finish());
        exchange.front().memory.watch(reader);
    }

    private void onChunk(Buffer buffer) {
        if (done) {
            return;
        }
        ByteBuf chunk = ((BufferInternal) buffer).getByteBuf();
        int count = chunk.readableBytes();
        if (length + count > limit) {
            refuse(new RequestError.PayloadTooLarge(told));
        } else if (!exchange.hold(count)) {
            refuse(BUSY);
        } else {
            append(chunk, count);
        }
    }

    private void append(ByteBuf chunk, int count) {
        if (length == 0) {
            only = chunk;
        } else {
            spill(count);
            chunk.getBytes(chunk.readerIndex(), bytes, length, count);
        }
        length += count;
    }

    private void spill(int more) {
        ByteBuf first = only;
        int needed = length + more;
        if (first != null) {
            bytes = new byte[Math.max(needed, Math.min(limit, length * 2))];
            first.getBytes(first.readerIndex(), bytes, 0, length);
            only = null;
        } else if (bytes.length < needed) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, (int) Math.min(limit, bytes.length * 2L)));
        }
    }

    private void onEnd() {
        if (done) {
            return;
        }
        finish();
        ByteBuf first = only;
        if (first == null) {
            receiver.onBody(bytes, 0, length);
        } else if (first.hasArray()) {
            receiver.onBody(first.array(), first.arrayOffset() + first.readerIndex(), length);
        } else {
            byte[] copy = new byte[length];
            first.getBytes(first.readerIndex(), copy);
            receiver.onBody(copy, 0, length);
        }
    }

    private void refuse(PlatformError error) {
        finish();
        only = null;
        bytes = EMPTY;
        exchange.refuseBody();
        receiver.onBodyFailed(error);
    }

    private void finish() {
        if (!done) {
            done = true;
            exchange.front().memory.unwatch(this);
        }
    }

    long began() {
        return began;
    }

    void timeOut() {
        refuse(new RequestError.RequestTimeout());
    }
}
