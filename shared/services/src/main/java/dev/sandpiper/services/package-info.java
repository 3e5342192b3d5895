/** Starts a real PostgreSQL and a real nats-server as child processes, for development and tests. */
@NullMarked
package dev.sandpiper.services;

import org.jspecify.annotations.NullMarked;
