package dev.sandpiper.services;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ends the children of this JVM when the JVM ends, whatever ends it.
 *
 * <p>A shell, one per JVM, reads the process ids it has to watch from a pipe that only the JVM holds open. When the JVM
 * dies, be it by {@code kill -9}, the pipe ends, and the shell ends the children: politely, and by force after 3 seconds.
 * (A parent-death signal would not do: Linux ties it to the thread that started the child.)
 */
final class Guard {
    private static final String SCRIPT = """
            trap '' INT HUP TERM
            watched=
            while read -r what pid signal; do
              if [ "$what" = watch ]; then
                watched="$pid:$signal $watched"
              else
                rest=
                for entry in $watched; do [ "${entry%%:*}" = "$pid" ] || rest="$rest $entry"; done
                watched=$rest
              fi
            done
            for entry in $watched; do kill -s "${entry#*:}" "${entry%%:*}" 2>/dev/null; done
            tries=0
            while [ $tries -lt 60 ]; do
              alive=
              for entry in $watched; do kill -0 "${entry%%:*}" 2>/dev/null && alive=yes; done
              [ "$alive" ] || exit 0
              sleep 0.05
              tries=$((tries + 1))
            done
            for entry in $watched; do kill -s KILL "${entry%%:*}" 2>/dev/null; done
            """;

    private static @Nullable Guard shared;

    private final Writer commands;

    private Guard(Writer commands) {
        this.commands = commands;
    }

    static synchronized Guard shared() {
        Guard guard = shared;
        if (guard == null) {
            guard = start();
            shared = guard;
        }
        return guard;
    }

    private static Guard start() {
        List<String> command = Session.detached(List.of("sh", "-c", SCRIPT, "sandpiper-guard"));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD)
                    .start();
            return new Guard(process.outputWriter(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start a shell", e);
        }
    }

    synchronized void watch(long pid, ChildSpec.Signal stop) {
        tell("watch " + pid + " " + stop);
    }

    synchronized void forget(long pid) {
        tell("forget " + pid + " -");
    }

    private void tell(String line) {
        try {
            commands.write(line);
            commands.write('\n');
            commands.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("The process that guards the children is gone", e);
        }
    }
}
