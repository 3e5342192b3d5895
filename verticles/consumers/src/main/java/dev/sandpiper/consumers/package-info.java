/** Durable consumers, for services that must process every event: fetch, acknowledge, publish what came of it. */
@NullMarked
package dev.sandpiper.consumers;

import org.jspecify.annotations.NullMarked;
