/** Checkpoints in a JetStream stream of their own, from which nothing can be deleted. */
@NullMarked
package dev.sandpiper.audit.nats;

import org.jspecify.annotations.NullMarked;
