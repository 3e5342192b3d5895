/**
 * What is measured, and how. Each scenario leaves reports in the {@link dev.sandpiper.perf.report.Results}; what is told of
 * them is decided there.
 */
@NullMarked
package dev.sandpiper.perf.scenarios;

import org.jspecify.annotations.NullMarked;
