package dev.sandpiper.services;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Programs that were downloaded or built before, one folder for each version. */
record NatsCache(Path folder) implements NatsSource {
    static final String PROGRAM = "nats-server";

    @Override
    public String name() {
        return "the cache " + folder;
    }

    /** The newest. */
    @Override
    public Optional<Path> find(Progress progress) throws IOException {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (Stream<Path> versions = Files.list(folder)) {
            List<Path> programs = versions.map(version -> version.resolve(PROGRAM))
                    .filter(Files::isExecutable)
                    .toList();
            return programs.stream().max(Comparator.comparing(NatsCache::version));
        }
    }

    /** Takes in a finished program. */
    Path keep(Path program, String version) throws IOException {
        Path place = Folders.create(folder.resolve(version)).resolve(PROGRAM);
        Folders.moveIntoPlace(program, place);
        return place;
    }

    /** A folder to prepare a program in, on the same disk as the cache. */
    Path workshop() throws IOException {
        return Files.createTempDirectory(Folders.create(folder), "unfinished-");
    }

    private static Version version(Path program) {
        Path parent = program.getParent();
        return Version.in(parent == null ? "" : parent.toString().replaceFirst("^.*/", ""))
                .orElse(new Version(0, 0, 0));
    }
}
