@NullMarked
package dev.sandpiper.embed.tokens;

import org.jspecify.annotations.NullMarked;
