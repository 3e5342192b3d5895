/** Rules over the whole code base, so that the architecture cannot rot unseen. */
@NullMarked
package dev.sandpiper.architecture;

import org.jspecify.annotations.NullMarked;
