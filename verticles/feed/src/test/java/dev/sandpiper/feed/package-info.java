/** Tests of the feed, on a real nats-server but for the parts that decide purely. Every one counts events against what was stored. */
@NullMarked
package dev.sandpiper.feed;

import org.jspecify.annotations.NullMarked;
