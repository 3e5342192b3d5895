/** Ending in order, so that nothing that was promised is lost. */
@NullMarked
package dev.sandpiper.runtime.lifecycle;

import org.jspecify.annotations.NullMarked;
