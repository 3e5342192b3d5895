/** The ports that everything else hangs on: how events are written, how they are read, and which of them are wanted. */
@NullMarked
package dev.sandpiper.runtime.events;

import org.jspecify.annotations.NullMarked;
