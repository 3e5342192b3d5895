/** Suspensions in PostgreSQL. */
@NullMarked
package dev.sandpiper.killswitch.postgres;

import org.jspecify.annotations.NullMarked;
