/** The faults at their smallest size, with processes. */
@NullMarked
package dev.sandpiper.perf.faults;

import org.jspecify.annotations.NullMarked;
