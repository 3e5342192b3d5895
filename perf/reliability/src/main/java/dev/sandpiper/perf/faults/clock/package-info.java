/** Turns the clock of a JVM's day while it runs, from another process. */
@NullMarked
package dev.sandpiper.perf.faults.clock;

import org.jspecify.annotations.NullMarked;
