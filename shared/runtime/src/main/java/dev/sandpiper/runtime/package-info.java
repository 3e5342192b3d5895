/**
 * What every node runs on: configuration, cluster, bus, stores, metrics and the order of starting and stopping. Also the
 * ports by which features reach each other without importing each other.
 */
@NullMarked
package dev.sandpiper.runtime;

import org.jspecify.annotations.NullMarked;
