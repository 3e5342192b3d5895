package dev.sandpiper.runtime.bus;

/**
 * Every address on the bus: one per purpose, or one per node and purpose. Never one per topic, user or socket, because the
 * cluster's registry recovers from a lost node in a time that grows with the number of addresses.
 */
public final class BusAddresses {
    /** Publish requests, answered by one of the nodes that host a publisher. */
    public static final String PUBLISH = "sandpiper.publish";

    /** Announcements of revoked keys, heard by every node. */
    public static final String KEYS = "sandpiper.keys";

    /** Requests to the one janitor of the cluster, such as to count or to purge. */
    public static final String JANITOR = "sandpiper.janitor";

    /** Announcements of changed topic rules, heard by every node. */
    public static final String TOPIC_RULES = "sandpiper.topic-rules";

    /** Announcements of changed event streams and of tenants that lie elsewhere by now, heard by every node. */
    public static final String CELLS = "sandpiper.cells";

    /** Announcements of revoked tokens and of changed issuers, heard by every node. */
    public static final String TOKENS = "sandpiper.tokens";

    /** Announcements of tenants that are suspended or resumed, heard by every node. */
    public static final String SUSPENSIONS = "sandpiper.suspensions";

    private BusAddresses() {}

    /** What one node answers for itself, such as the self-check of its registration. */
    public static String node(String nodeId) {
        return "sandpiper.node." + nodeId;
    }
}
