/** Several event streams, as clients and operators see them: real nodes, nats-server and PostgreSQL. */
@NullMarked
package dev.sandpiper.embed.cells;

import org.jspecify.annotations.NullMarked;
