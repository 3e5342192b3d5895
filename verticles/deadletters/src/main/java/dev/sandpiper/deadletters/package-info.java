/**
 * Dead letters: events that somebody failed to process, kept for their tenant until they are sent again, discarded or too old.
 * What a letter is and what can be done with it is decided here; how JetStream keeps them is the business of {@code nats}.
 */
@NullMarked
package dev.sandpiper.deadletters;

import org.jspecify.annotations.NullMarked;
