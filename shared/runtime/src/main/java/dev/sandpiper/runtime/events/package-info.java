/** The two ports that everything else hangs on: how events are written and how they are read. */
@NullMarked
package dev.sandpiper.runtime.events;

import org.jspecify.annotations.NullMarked;
