package dev.sandpiper.cells;

import dev.sandpiper.runtime.bus.BusReader;
import dev.sandpiper.runtime.bus.BusWriter;
import dev.sandpiper.runtime.bus.VersionedCodec;

/** Streams or places are not what they were; told to every node, which then reads what changed. */
record CellChange() {
    /** Between nodes. */
    static final class Codec extends VersionedCodec<CellChange> {
        Codec() {
            super(CellChange.class, "cell-change", 1);
        }

        @Override
        protected void write(CellChange message, BusWriter out) {
            // The word itself is the news.
        }

        @Override
        protected CellChange read(int version, BusReader in) {
            return new CellChange();
        }
    }
}
