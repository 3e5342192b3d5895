/** Copying a tenant's events from one stream to another, and finding positions among the copies. */
@NullMarked
package dev.sandpiper.cells.nats;

import org.jspecify.annotations.NullMarked;
