/** Runs all scenarios. Speaks to servers as their clients do; shares no code with them. */
@NullMarked
package dev.sandpiper.perf;

import org.jspecify.annotations.NullMarked;
