/** Limits, legal holds, usage and the lock that makes one node the janitor, in PostgreSQL. Nothing here blocks. */
@NullMarked
package dev.sandpiper.retention.postgres;

import org.jspecify.annotations.NullMarked;
