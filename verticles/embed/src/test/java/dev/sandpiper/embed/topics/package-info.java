/** Rules of topics, from the outside: set by REST, enforced on every way in, followed by every node. */
@NullMarked
package dev.sandpiper.embed.topics;

import org.jspecify.annotations.NullMarked;
