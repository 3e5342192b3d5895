/**
 * Keeps every report of a run and turns them into files: one JSON document each, a table, plots. Knows nothing of how they
 * were measured.
 */
@NullMarked
package dev.sandpiper.perf.report;

import org.jspecify.annotations.NullMarked;
