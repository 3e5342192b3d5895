/** Clients that publish and read while an installation is broken, and what became of them. */
@NullMarked
package dev.sandpiper.perf.faults.load;

import org.jspecify.annotations.NullMarked;
