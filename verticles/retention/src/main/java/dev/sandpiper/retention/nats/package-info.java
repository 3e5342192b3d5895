/** The event stream as the janitor sees it. Blocks, and therefore belongs on the janitor's own thread. */
@NullMarked
package dev.sandpiper.retention.nats;

import org.jspecify.annotations.NullMarked;
