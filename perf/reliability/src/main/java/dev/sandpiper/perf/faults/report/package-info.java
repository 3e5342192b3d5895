/** What a run found, as JSON for each fault and as one table. */
@NullMarked
package dev.sandpiper.perf.faults.report;

import org.jspecify.annotations.NullMarked;
