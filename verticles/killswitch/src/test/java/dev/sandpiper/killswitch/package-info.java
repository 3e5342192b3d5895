/** Tests of what a node knows of suspensions. */
@NullMarked
package dev.sandpiper.killswitch;

import org.jspecify.annotations.NullMarked;
