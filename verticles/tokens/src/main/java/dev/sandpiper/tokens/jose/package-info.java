/** Signatures: keys as JSON, and checking with exactly the algorithm that a key is for. */
@NullMarked
package dev.sandpiper.tokens.jose;

import org.jspecify.annotations.NullMarked;
