@NullMarked
package dev.sandpiper.tokens;

import org.jspecify.annotations.NullMarked;
