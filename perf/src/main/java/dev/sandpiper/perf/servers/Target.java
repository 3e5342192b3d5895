package dev.sandpiper.perf.servers;

import java.util.List;
import java.util.Map;

/** A running server that the bench can be aimed at. */
public interface Target extends AutoCloseable {
    /** As it stands in tables. */
    String name();

    /** What tells the bench where and how, for one of the transports. */
    List<String> options(Transport transport);

    /** Credentials, which must not be seen in a list of processes. */
    Map<String, String> environment();

    @Override
    void close();
}
