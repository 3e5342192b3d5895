/** Consumers on a real nats-server and PostgreSQL, with nodes that die at chosen moments. */
@NullMarked
package dev.sandpiper.consumers;

import org.jspecify.annotations.NullMarked;
