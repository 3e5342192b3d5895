package dev.sandpiper.sockets;

/** The sequences of events that were sent and not acknowledged, in order. Grows as needed. */
final class UnackedEvents {
    private long[] sequences = new long[16];
    private int first;
    private int size;

    void add(long sequence) {
        if (size == sequences.length) {
            var larger = new long[size * 2];
            for (int i = 0; i < size; i++) {
                larger[i] = at(i);
            }
            sequences = larger;
            first = 0;
        }
        sequences[(first + size++) & (sequences.length - 1)] = sequence;
    }

    /** Forgets all up to a sequence; how many there were. */
    int removeThrough(long sequence) {
        int before = size;
        while (size > 0 && at(0) <= sequence) {
            first = (first + 1) & (sequences.length - 1);
            size--;
        }
        return before - size;
    }

    int size() {
        return size;
    }

    private long at(int index) {
        return sequences[(first + index) & (sequences.length - 1)];
    }
}
