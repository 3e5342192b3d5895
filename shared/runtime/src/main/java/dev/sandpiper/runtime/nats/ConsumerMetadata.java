package dev.sandpiper.runtime.nats;

/** Members of a JetStream consumer's metadata by which its maker says whose it is, and what its tenant calls it. */
public final class ConsumerMetadata {
    public static final String TENANT = "sandpiper-tenant";
    public static final String PROJECT = "sandpiper-project";
    public static final String NAME = "sandpiper-name";

    private ConsumerMetadata() {}
}
