@NullMarked
package dev.sandpiper.sockets.postgres;

import org.jspecify.annotations.NullMarked;
