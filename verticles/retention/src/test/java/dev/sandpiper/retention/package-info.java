/** Tests of retention against real servers. */
@NullMarked
package dev.sandpiper.retention;

import org.jspecify.annotations.NullMarked;
