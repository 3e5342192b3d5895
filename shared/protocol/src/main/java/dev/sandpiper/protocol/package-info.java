/**
 * What clients see on the wire: frames, error and close codes, and the golden vectors that the server and every SDK replay.
 * Knows JSON, but neither Vert.x nor any transport.
 */
@NullMarked
package dev.sandpiper.protocol;

import org.jspecify.annotations.NullMarked;
