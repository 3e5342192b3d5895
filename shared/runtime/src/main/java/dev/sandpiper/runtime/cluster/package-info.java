/**
 * How nodes find each other: Vert.x clustered by Hazelcast, which carries membership and the event bus and nothing else.
 * Also which of Netty's transports a node runs on.
 */
@NullMarked
package dev.sandpiper.runtime.cluster;

import org.jspecify.annotations.NullMarked;
