/**
 * {@code sandpiper dev}: a whole installation on loopback. PostgreSQL, nats-server and the nodes are child processes that end
 * with this one, whatever ends it.
 */
@NullMarked
package dev.sandpiper.launcher.dev;

import org.jspecify.annotations.NullMarked;
