/** The JetStream consumers underneath: one for each durable consumer. What is fetched and acknowledged goes through here. */
@NullMarked
package dev.sandpiper.consumers.nats;

import org.jspecify.annotations.NullMarked;
