package dev.sandpiper.bench;

/** What a server does wrong, once. */
enum Fault {
    NONE,
    LOSES_ONE,
    REPEATS_ONE,
    SWAPS_TWO,
    MISDIRECTS_ONE,
    REFUSES_ONE,
    /** Answers nothing for 300 ms, then goes on as if nothing had been. */
    STALLS
}
