package dev.sandpiper.services;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** A place from which a nats-server program can be had. */
interface NatsSource {
    /** For the log: what was chosen, or what did not work. */
    String name();

    /**
     * The program, already in its place; empty when this source does not apply to this machine.
     *
     * @throws IOException when it should have worked; the message says what went wrong
     */
    Optional<Path> find(Progress progress) throws IOException;
}
