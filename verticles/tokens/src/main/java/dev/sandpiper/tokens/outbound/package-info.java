/** Requests to addresses that customers name, without letting them reach what only this node can. */
@NullMarked
package dev.sandpiper.tokens.outbound;

import org.jspecify.annotations.NullMarked;
