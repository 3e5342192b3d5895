/** One class for each line of the table of faults. Each starts what it needs, breaks it, and ends by itself. */
@NullMarked
package dev.sandpiper.perf.faults.scenarios;

import org.jspecify.annotations.NullMarked;
