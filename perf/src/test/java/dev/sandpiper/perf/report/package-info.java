/** What is told of the reports of a run. Files go to a temporary folder. */
@NullMarked
package dev.sandpiper.perf.report;

import org.jspecify.annotations.NullMarked;
