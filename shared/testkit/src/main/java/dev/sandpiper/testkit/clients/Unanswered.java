package dev.sandpiper.testkit.clients;

import java.io.IOException;

/**
 * A request was sent to its last byte on a connection that was open, and the connection ended, or nothing came for long,
 * before the answer was complete. A server that shuts down in order never lets this happen: it answers what it has taken in,
 * says {@code Connection: close} with the last answer, and ends only connections that are idle.
 *
 * <p>It does not count when the server's end of the connection could be seen before the first byte was sent: then the client
 * connects anew, as RFC 9112, section 9.3, has it.
 */
public final class Unanswered extends IOException {
    private static final long serialVersionUID = 1;

    Unanswered(String message, Throwable cause) {
        super(message, cause);
    }
}
