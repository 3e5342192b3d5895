/**
 * The rules of topics: kept in PostgreSQL, known to every node within a second, and enforced before an event is accepted. What a
 * rule says about retention, dedupe windows and time to live is applied by those who store events.
 */
@NullMarked
package dev.sandpiper.topics;

import org.jspecify.annotations.NullMarked;
