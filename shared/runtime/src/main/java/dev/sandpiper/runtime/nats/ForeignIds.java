package dev.sandpiper.runtime.nats;

import dev.sandpiper.domain.EventId;
import java.time.Instant;

/** Ids for events that another NATS client wrote without one: the same for every reader, made of time and sequence. */
final class ForeignIds {
    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int TIME_CHARACTERS = 10;

    private ForeignIds() {}

    static EventId of(Instant time, long sequence) {
        char[] id = new char[EventId.LENGTH];
        put(id, 0, TIME_CHARACTERS, time.toEpochMilli());
        put(id, TIME_CHARACTERS, EventId.LENGTH, sequence);
        return new EventId(new String(id));
    }

    private static void put(char[] id, int from, int to, long value) {
        long rest = value;
        for (int i = to - 1; i >= from; i--) {
            id[i] = ALPHABET.charAt((int) (rest & 31));
            rest >>>= 5;
        }
    }
}
