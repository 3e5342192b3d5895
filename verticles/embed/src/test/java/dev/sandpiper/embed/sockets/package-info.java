/**
 * Sockets as clients see them: every test here talks to a real node over TCP. Nothing of the server is reached into but its
 * counts.
 */
@NullMarked
package dev.sandpiper.embed.sockets;

import org.jspecify.annotations.NullMarked;
