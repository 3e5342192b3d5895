/**
 * The command {@code sandpiper bench}: options become parameters of the load client in {@code shared/bench}, its report becomes a
 * table or a line of JSON. Nothing is measured here.
 */
@NullMarked
package dev.sandpiper.launcher.bench;

import org.jspecify.annotations.NullMarked;
