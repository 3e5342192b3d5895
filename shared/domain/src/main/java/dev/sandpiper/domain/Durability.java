package dev.sandpiper.domain;

/** What an acknowledgement meant at the moment it was given, read from the stream's and the server's configuration. */
public enum Durability {
    /** In the memory of one server (its page cache for file storage): survives the process, not the machine. */
    MEMORY("memory"),
    /** In the memory of a majority of replicas: survives any minority of machines. */
    REPLICATED("replicated"),
    /** Synchronised to disk before the acknowledgement: survives power failure. */
    FSYNCED("fsynced");

    private final String wireName;

    Durability(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }
}
