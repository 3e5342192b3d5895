package dev.sandpiper.services;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What is installed: on the PATH, or where {@code go install} puts programs. */
record NatsOnPath() implements NatsSource {
    @Override
    public String name() {
        return "the PATH";
    }

    @Override
    public Optional<Path> find(Progress progress) {
        return Session.onPath(NatsCache.PROGRAM).or(NatsOnPath::goBin);
    }

    private static Optional<Path> goBin() {
        String bin = System.getenv("GOBIN");
        String workspace = System.getenv("GOPATH");
        Path folder;
        if (bin != null && !bin.isEmpty()) {
            folder = Path.of(bin);
        } else if (workspace != null && !workspace.isEmpty()) {
            folder = Path.of(workspace.split(":", 2)[0], "bin");
        } else {
            folder = Path.of(System.getProperty("user.home"), "go", "bin");
        }
        return Optional.of(folder.resolve(NatsCache.PROGRAM)).filter(Files::isExecutable);
    }
}
