/** Consumers and their deliveries in PostgreSQL. Every statement names tenant and project. */
@NullMarked
package dev.sandpiper.consumers.postgres;

import org.jspecify.annotations.NullMarked;
