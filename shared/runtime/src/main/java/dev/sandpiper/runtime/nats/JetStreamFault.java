package dev.sandpiper.runtime.nats;

/** JetStream answered with an error. The codes are those of nats-server's {@code errors.json}. */
public final class JetStreamFault extends RuntimeException {
    public static final int STREAM_NOT_FOUND = 10_059;
    public static final int CONSUMER_NOT_FOUND = 10_014;
    public static final int STREAM_NAME_IN_USE = 10_058;
    public static final int MESSAGE_NOT_FOUND = 10_037;

    private static final long serialVersionUID = 1;

    private static final int UNAVAILABLE = 503;

    private final int status;
    private final int code;

    /** @param status as in HTTP */
    public JetStreamFault(int status, int code, String description) {
        super(description, null, false, false);
        this.status = status;
        this.code = code;
    }

    /** Whether the same call may succeed later, because a leader is being elected, say. */
    public boolean isTemporary() {
        return status == UNAVAILABLE;
    }

    /** The {@code err_code}. */
    public int code() {
        return code;
    }
}
