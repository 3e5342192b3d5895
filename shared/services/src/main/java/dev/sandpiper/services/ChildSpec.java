package dev.sandpiper.services;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * How to start a child process.
 *
 * @param environment added to this process's own; an empty value removes the variable
 * @param output where both of its streams are appended
 * @param stop what asks it to end in an orderly way
 */
public record ChildSpec(List<String> command, Map<String, String> environment, Path output, Signal stop) {
    /** What a process can be told. */
    public enum Signal {
        INT,
        TERM,
        STOP,
        CONT
    }

    public ChildSpec {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }
}
