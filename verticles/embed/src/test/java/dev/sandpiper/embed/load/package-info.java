/** What a node tells about its work, read where an operator reads it. */
@NullMarked
package dev.sandpiper.embed.load;

import org.jspecify.annotations.NullMarked;
