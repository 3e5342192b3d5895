/** Real nodes whose NATS or PostgreSQL is killed, paused or cut off. What clients saw is judged, not looked at. */
@NullMarked
package dev.sandpiper.embed.faults;

import org.jspecify.annotations.NullMarked;
