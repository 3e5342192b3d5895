/** A real browser as a client, and the real curl beside it. */
@NullMarked
package dev.sandpiper.embed.browser;

import org.jspecify.annotations.NullMarked;
