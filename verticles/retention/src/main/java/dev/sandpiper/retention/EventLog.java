package dev.sandpiper.retention;

import dev.sandpiper.runtime.nats.StreamReport;
import dev.sandpiper.runtime.nats.Subjects;
import java.util.List;
import java.util.Map;

/**
 * An event stream, for whoever counts and removes. Every method blocks until it has an answer, for the janitor's own thread,
 * and throws a {@link dev.sandpiper.domain.PlatformException} with {@code EVENT_STORE_UNAVAILABLE} when there is none.
 */
public interface EventLog {
    /** Takes what was read. */
    @FunctionalInterface
    interface Visitor {
        /** @return whether to go on */
        boolean visit(EventHead head);
    }

    /** How the stream's subjects are made. */
    Subjects subjects();

    StreamReport report();

    /** Names of the stream's settings that are not what they are to be. */
    List<String> differences();

    /** How many events each subject has that matches, as of now. */
    Map<String, Long> counts(String filter);

    /**
     * Reads what is stored in [{@code from}, {@code through}] under the subjects that match, in order, without payloads.
     *
     * @return whether everything was visited, and not ended by the visitor
     */
    boolean read(String filter, long from, long through, Visitor visitor);

    /** Says that a topic's events up to and including a sequence are about to be removed; before they are. */
    void mark(Subjects.Address address, long through);

    /** A topic's mark, 0 for none. */
    long markOf(Subjects.Address address);

    /** The marks that there are, by topic. */
    Map<Subjects.Address, Long> marks();

    /** Removes a mark that has become pointless. */
    void forget(Subjects.Address address);

    /** @return how many events were removed, of those that match, up to and including a sequence */
    long purge(String filter, long through);
}
