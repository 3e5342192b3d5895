/**
 * What could be reached at best: the same libraries with nothing around them. A shortfall is told against these, whatever
 * the machine.
 */
@NullMarked
package dev.sandpiper.perf.limits;

import org.jspecify.annotations.NullMarked;
