package dev.sandpiper.services;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the machine offers for running commands. */
final class Session {
    private Session() {}

    /**
     * The command in a session of its own, so that Ctrl-C in a terminal reaches the parent only, which then stops its
     * children in order. The process id stays the same.
     */
    static List<String> detached(List<String> command) {
        List<String> detached = new ArrayList<>();
        if (onPath("setsid").isPresent()) {
            detached.add("setsid");
        } else if (onPath("perl").isPresent()) {
            detached.addAll(List.of("perl", "-MPOSIX", "-e", "POSIX::setsid(); exec @ARGV or exit 127"));
        }
        detached.addAll(command);
        return detached;
    }

    /** The first executable of that name on the PATH. */
    static Optional<Path> onPath(String name) {
        String path = System.getenv("PATH");
        if (path == null) {
            return Optional.empty();
        }
        for (String folder : path.split(File.pathSeparator)) {
            if (!folder.isEmpty()) {
                Path candidate = Path.of(folder, name);
                if (Files.isExecutable(candidate) && !Files.isDirectory(candidate)) {
                    return Optional.of(candidate);
                }
            }
        }
        return Optional.empty();
    }
}
