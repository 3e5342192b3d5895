/** How a node's log lines look and where they go. For processes of our own; an embedding application logs as it likes. */
@NullMarked
package dev.sandpiper.runtime.logging;

import org.jspecify.annotations.NullMarked;
