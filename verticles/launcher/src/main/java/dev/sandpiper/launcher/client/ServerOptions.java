package dev.sandpiper.launcher.client;

import dev.sandpiper.launcher.cli.CommandFailure;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which server, and as whom. */
final class ServerOptions {
    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "${env:SANDPIPER_URL:-http://127.0.0.1:8080}",
            description = "The server; by default SANDPIPER_URL, or http://127.0.0.1:8080.")
    private String url = "";

    @Option(
            names = "--api-key",
            paramLabel = "KEY",
            defaultValue = "${env:SANDPIPER_KEY}",
            description = "The API key; by default SANDPIPER_KEY, which does not show in process lists.")
    private @Nullable String key;

    Server server() {
        String credential = key;
        if (credential == null || credential.isBlank()) {
            throw CommandFailure.wrongUse(
                    "No API key: export SANDPIPER_KEY=sp_… first. `./sandpiper dev` prints one for development.");
        }
        return new Server(address(), credential.strip());
    }

    private URI address() {
        URI address;
        try {
            address = URI.create(url.strip().replaceFirst("/+$", ""));
        } catch (IllegalArgumentException e) {
            throw CommandFailure.wrongUse("The server's address is no URL: " + url);
        }
        boolean http = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
        if (!http || address.getHost() == null) {
            throw CommandFailure.wrongUse("The server's address must be like http://127.0.0.1:8080 and not " + url);
        }
        return address;
    }
}
