/** Keeps the rules of topics in PostgreSQL. Every statement names tenant and project, but the one that asks what changed. */
@NullMarked
package dev.sandpiper.topics.postgres;

import org.jspecify.annotations.NullMarked;
