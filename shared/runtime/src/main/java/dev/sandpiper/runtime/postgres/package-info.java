/**
 * The way to PostgreSQL: its configuration and a pool whose every query ends in time, with one error for "cannot be reached".
 * Which tables there are is the business of whoever queries them.
 */
@NullMarked
package dev.sandpiper.runtime.postgres;

import org.jspecify.annotations.NullMarked;
