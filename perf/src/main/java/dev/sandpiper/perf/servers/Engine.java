package dev.sandpiper.perf.servers;

/** How the peer keeps what is published. */
public enum Engine {
    MEMORY("memory"),
    MEMORY_WITH_HISTORY("memory, history"),
    REDIS_WITH_HISTORY("Redis, history");

    private final String label;

    Engine(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }

    boolean keepsHistory() {
        return this != MEMORY;
    }
}
