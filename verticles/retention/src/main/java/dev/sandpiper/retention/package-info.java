/**
 * How long events are kept and how much room they take. One janitor in the cluster counts and removes; the rest is what clients
 * ask and decide by REST.
 */
@NullMarked
package dev.sandpiper.retention;

import org.jspecify.annotations.NullMarked;
