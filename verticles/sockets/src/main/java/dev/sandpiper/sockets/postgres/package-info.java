/** What acknowledging subscribers have dealt with, in PostgreSQL. One row for each subscriber and channel. */
@NullMarked
package dev.sandpiper.sockets.postgres;

import org.jspecify.annotations.NullMarked;
