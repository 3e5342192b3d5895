/** main(), the command line, development services. */
@NullMarked
package dev.sandpiper.launcher;

import org.jspecify.annotations.NullMarked;
