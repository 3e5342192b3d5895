/** Where scheduled events wait. Nobody else knows the table or its SQL. */
@NullMarked
package dev.sandpiper.schedules.postgres;

import org.jspecify.annotations.NullMarked;
