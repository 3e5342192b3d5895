/** The command line of {@code perf/faults}: which faults are played, at which size, and where results go. */
@NullMarked
package dev.sandpiper.perf.faults;

import org.jspecify.annotations.NullMarked;
