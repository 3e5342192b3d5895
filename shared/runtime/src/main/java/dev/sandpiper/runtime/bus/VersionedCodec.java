package dev.sandpiper.runtime.bus;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One type of bus message, an immutable record. Within a node the object itself is delivered; between nodes it travels as a
 * version byte followed by its fields. Only {@link Bus} sends and receives such messages.
 *
 * <p>A message of an unknown version (a newer node's, during a rolling upgrade) or one that is damaged is refused: a log line
 * says so, at most one in ten seconds, and the sender's request fails. Decoding itself never throws, because the bus would
 * then leave the sender without any answer.
 */
public abstract class VersionedCodec<T> implements MessageCodec<T, Object> {
    private static final Logger log = LoggerFactory.getLogger(VersionedCodec.class);
    private static final long LOG_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final byte USER_CODEC = -1;

    private final Class<T> type;
    private final String name;
    private final int version;
    private final AtomicLong lastLogged = new AtomicLong(System.nanoTime() - LOG_INTERVAL_NANOS);
    private final AtomicLong refused = new AtomicLong();

    /**
     * @param type of the messages
     * @param name stable over all versions and unique, such as {@code publish-request}
     * @param version that is written, 1 to 255; every version from 1 to this one can be read
     */
    protected VersionedCodec(Class<T> type, String name, int version) {
        if (version < 1 || version > 255) {
            throw new IllegalArgumentException("a version is one byte, from 1");
        }
        this.type = type;
        this.name = "sandpiper." + name;
        this.version = version;
    }

    /** Writes the fields. */
    protected abstract void write(T message, BusWriter out);

    /** Reads the fields as the given version wrote them, which is known and not newer than this codec's own. */
    protected abstract T read(int version, BusReader in);

    @Override
    public final void encodeToWire(Buffer buffer, T message) {
        buffer.appendByte((byte) version);
        write(message, new BusWriter(buffer));
    }

    /** The message, or a {@link ReplyException} that refuses it. */
    @Override
    public final Object decodeFromWire(int position, Buffer buffer) {
        int theirs = buffer.getByte(position) & 0xff;
        if (theirs < 1 || theirs > version) {
            return refuse("has version " + theirs + ", this node knows 1 to " + version);
        }
        try {
            return read(theirs, new BusReader(buffer, position + 1));
        } catch (RuntimeException e) {
            return refuse("cannot be read: " + e);
        }
    }

    @Override
    public final Object transform(T message) {
        return message;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final byte systemCodecID() {
        return USER_CODEC;
    }

    final Class<T> type() {
        return type;
    }

    private ReplyException refuse(String reason) {
        refused.incrementAndGet();
        long now = System.nanoTime();
        long last = lastLogged.get();
        if (now - last >= LOG_INTERVAL_NANOS && lastLogged.compareAndSet(last, now)) {
            log.atWarn()
                    .addKeyValue("message_type", name)
                    .addKeyValue("refused", refused.getAndSet(0))
                    .log("Refused a bus message of another node: it {}", reason);
        }
        return new ReplyException(
                ReplyFailure.RECIPIENT_FAILURE, Bus.REFUSED, "The message " + name + " was refused: it " + reason);
    }
}
