/**
 * The second listener, for those who run the node: health for orchestrators and load balancers, metrics for Prometheus. Never
 * reachable by clients.
 */
@NullMarked
package dev.sandpiper.runtime.management;

import org.jspecify.annotations.NullMarked;
