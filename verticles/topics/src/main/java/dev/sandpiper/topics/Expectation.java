package dev.sandpiper.topics;

/** What a change expects to find. */
sealed interface Expectation {
    /** Whether what is there is as expected; 0 for nothing. */
    boolean holds(long version);

    record Anything() implements Expectation {
        @Override
        public boolean holds(long version) {
            return true;
        }
    }

    /** A rule, of whatever version. */
    record Something() implements Expectation {
        @Override
        public boolean holds(long version) {
            return version > 0;
        }
    }

    record Nothing() implements Expectation {
        @Override
        public boolean holds(long version) {
            return version == 0;
        }
    }

    record Version(long expected) implements Expectation {
        @Override
        public boolean holds(long version) {
            return version == expected;
        }
    }
}
