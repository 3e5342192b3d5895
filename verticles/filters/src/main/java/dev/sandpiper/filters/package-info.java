/** Conditions on events, in CEL: compiled once, shared by equal text. Bounded in what they cost, at compile time and at run time. */
@NullMarked
package dev.sandpiper.filters;

import org.jspecify.annotations.NullMarked;
