package dev.sandpiper.perf.scenarios;

/** The library without the product, where one can do the same thing. */
enum Limit {
    NONE,
    NETTY,
    JNATS
}
