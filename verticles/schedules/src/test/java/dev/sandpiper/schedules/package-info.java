/** Tests of schedules on a real PostgreSQL. */
@NullMarked
package dev.sandpiper.schedules;

import org.jspecify.annotations.NullMarked;
