/** The inner loops of the way of an event, one by one. Reaches them by the same public types as the product does. */
@NullMarked
package dev.sandpiper.perf.jmh;

import org.jspecify.annotations.NullMarked;
