package dev.sandpiper.services;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;

/**
 * The official release of one version, checked against its known SHA-256.
 *
 * @param base the address that ends before {@code /v<version>/<file>}
 * @param checksums from a platform such as {@code linux-amd64} to the SHA-256 of its archive
 */
record NatsRelease(NatsCache cache, URI base, String version, Map<String, String> checksums) implements NatsSource {
    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration WHOLE = Duration.ofMinutes(2);

    /** As published with the release, and as NATS's own container images check them. */
    static NatsRelease official(NatsCache cache) {
        return new NatsRelease(
                cache,
                URI.create("https://github.com/nats-io/nats-server/releases/download"),
                "2.14.5",
                Map.of(
                        "linux-amd64",
                        "5e3b603d47c447bda1f77f9ac16dbf91c90aac4ff3681f8fbbc7201e4ed99355",
                        "linux-arm64",
                        "673a98d3faa79dde3f9ebf16d6dfac36a5f694e7ad2015e4954dd7939c85cd4c",
                        "darwin-amd64",
                        "f95c98d6b6ed2b63c5681b46b092c9585c99767d547cf495730c329234625e96",
                        "darwin-arm64",
                        "ddd907854d9a2de834af133fa396915fe6442fe6d8909ae31390d1ea7a0fea50"));
    }

    @Override
    public String name() {
        return "the official release " + version;
    }

    @Override
    public Optional<Path> find(Progress progress) throws IOException {
        String platform = platform();
        String expected = checksums.get(platform);
        if (expected == null) {
            return Optional.empty();
        }
        URI address = URI.create(base + "/v" + version + "/nats-server-v" + version + "-" + platform + ".tar.gz");
        progress.say("Downloading nats-server " + version + " from " + address.getHost());
        byte[] archive = download(address);
        String actual = sha256(archive);
        if (!actual.equals(expected)) {
            throw new IOException(
                    "what " + address + " sent is not the release: its SHA-256 is " + actual + " and not " + expected);
        }
        Path workshop = cache.workshop();
        try {
            Path program = workshop.resolve(NatsCache.PROGRAM);
            boolean found = Archives.extractFromTar(
                    new GZIPInputStream(new ByteArrayInputStream(archive)),
                    file -> file.endsWith("/" + NatsCache.PROGRAM),
                    program);
            if (!found) {
                throw new IOException("the archive has no " + NatsCache.PROGRAM);
            }
            return Optional.of(cache.keep(program, version));
        } finally {
            Folders.delete(workshop);
        }
    }

    private static byte[] download(URI address) throws IOException {
        try (HttpClient client = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build()) {
            HttpRequest request = HttpRequest.newBuilder(address)
                    .timeout(Duration.ofSeconds(15))
                    .build();
            var pending = client.sendAsync(request, BodyHandlers.ofByteArray());
            try {
                HttpResponse<byte[]> response = pending.get(WHOLE.toSeconds(), TimeUnit.SECONDS);
                if (response.statusCode() != 200) {
                    throw new IOException(address + " answered " + response.statusCode());
                }
                return response.body();
            } catch (ExecutionException e) {
                throw new IOException(address.getHost() + " cannot be reached: " + e.getCause(), e);
            } catch (TimeoutException e) {
                throw new IOException(address + " is too slow", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while downloading", e);
            } finally {
                client.shutdownNow();
            }
        }
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static String platform() {
        String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String system = name.startsWith("mac") ? "darwin" : name;
        return switch (System.getProperty("os.arch")) {
            case "amd64", "x86_64" -> system + "-amd64";
            case "aarch64" -> system + "-arm64";
            default -> system + "-" + System.getProperty("os.arch");
        };
    }
}
