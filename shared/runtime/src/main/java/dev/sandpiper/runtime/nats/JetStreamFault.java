package dev.sandpiper.runtime.nats;

/** JetStream answered with an error. The codes are those of nats-server's {@code errors.json}. */
public final class JetStreamFault extends RuntimeException {
    public static final int STREAM_NOT_FOUND = 10_059;
    public static final int STREAM_NAME_IN_USE = 10_058;
    public static final int MESSAGE_NOT_FOUND = 10_037;

    private static final long serialVersionUID = 1;

    private final int code;

    public JetStreamFault(int code, String description) {
        super(description, null, false, false);
        this.code = code;
    }

    /** The {@code err_code}. */
    public int code() {
        return code;
    }
}
