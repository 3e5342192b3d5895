/**
 * Users of customers: who vouches for them, what their tokens say, and what is done when one is to be believed no longer. Everything is
 * kept in PostgreSQL and known to every node within a second.
 */
@NullMarked
package dev.sandpiper.tokens;

import org.jspecify.annotations.NullMarked;
