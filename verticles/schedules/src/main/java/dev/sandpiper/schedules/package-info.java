/** Events that are published later. They wait in PostgreSQL, and one node at a time publishes what is due. */
@NullMarked
package dev.sandpiper.schedules;

import org.jspecify.annotations.NullMarked;
