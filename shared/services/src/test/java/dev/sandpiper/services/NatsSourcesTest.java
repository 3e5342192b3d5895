package dev.sandpiper.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NatsSourcesTest {
    private static final String VERSION = "2.14.5";
    private static final Progress QUIET = line -> {};

    @TempDir
    private Path folder;

    private HttpServer releases;
    private byte[] archive;

    @BeforeEach
    void serveARelease() throws IOException {
        archive = archiveOf(script("2.14.5"));
        releases = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        releases.createContext("/", exchange -> {
            boolean found = exchange.getRequestURI()
                    .getPath()
                    .equals("/v2.14.5/nats-server-v2.14.5-" + NatsRelease.platform() + ".tar.gz");
            exchange.sendResponseHeaders(found ? 200 : 404, found ? archive.length : -1);
            if (found) {
                exchange.getResponseBody().write(archive);
            }
            exchange.close();
        });
        releases.start();
    }

    @AfterEach
    void stop() {
        releases.stop(0);
    }

    @Test
    void theReleaseIsTakenWhenItsChecksumIsRight() {
        NatsCache cache = new NatsCache(folder.resolve("cache"));
        NatsBinary binary = NatsBinary.acquire(List.of(release(cache, NatsRelease.sha256(archive))), QUIET);
        assertThat(binary.version()).isEqualTo(VERSION);
        assertThat(binary.path()).isEqualTo(cache.folder().resolve("2.14.5/nats-server"));
    }

    @Test
    void aReleaseWithAnotherChecksumIsRefusedAndNotKept() {
        NatsCache cache = new NatsCache(folder.resolve("cache"));
        assertThatThrownBy(() -> NatsBinary.acquire(List.of(release(cache, "00".repeat(32))), QUIET))
                .isInstanceOf(ServiceFailure.class)
                .hasMessageContaining("is not the release");
        assertThat(cache.folder()).doesNotExist();
    }

    @Test
    void whatWasDownloadedOnceComesFromTheCacheAfterwards() {
        NatsCache cache = new NatsCache(folder.resolve("cache"));
        NatsBinary.acquire(List.of(cache, release(cache, NatsRelease.sha256(archive))), QUIET);
        releases.stop(0);
        NatsBinary second = NatsBinary.acquire(List.of(cache, release(cache, NatsRelease.sha256(archive))), QUIET);
        assertThat(second.source()).contains("cache");
    }

    @Test
    void anUnreachableReleaseIsGivenUpQuicklyForTheNextSource() throws IOException {
        NatsCache cache = new NatsCache(folder.resolve("cache"));
        NatsRelease gone = new NatsRelease(
                cache,
                URI.create("http://127.0.0.1:" + FreePorts.next()),
                VERSION,
                Map.of(NatsRelease.platform(), "00".repeat(32)));
        NatsBinary binary = NatsBinary.acquire(List.of(gone, installed("2.13.0")), QUIET);
        assertThat(binary.version()).isEqualTo("2.13.0");
    }

    @Test
    void anOldServerIsPassedOver() throws IOException {
        NatsBinary binary = NatsBinary.acquire(List.of(installed("2.9.10"), installed("2.12.1")), QUIET);
        assertThat(binary.version()).isEqualTo("2.12.1");
    }

    @Test
    void whenOnlyAnOldServerCanBeHadTheMessageSaysSoAndWhatToDo() throws IOException {
        NatsSource old = installed("2.9.10");
        assertThatThrownBy(() -> NatsBinary.acquire(List.of(old), QUIET))
                .isInstanceOf(ServiceFailure.class)
                .hasMessageContaining("2.9.10, too old")
                .hasMessageContaining("SANDPIPER_NATS_URL");
    }

    @Test
    void theChosenOneIsNamedInTheLog() throws IOException {
        List<String> lines = new ArrayList<>();
        NatsBinary.acquire(List.of(installed("2.15.2")), lines::add);
        assertThat(lines).containsExactly("Using nats-server 2.15.2 from a test");
    }

    private NatsRelease release(NatsCache cache, String checksum) {
        return new NatsRelease(
                cache,
                URI.create("http://127.0.0.1:" + releases.getAddress().getPort()),
                VERSION,
                Map.of(NatsRelease.platform(), checksum));
    }

    private NatsSource installed(String version) throws IOException {
        Path program = Files.writeString(folder.resolve("nats-server-" + version), script(version));
        assertThat(program.toFile().setExecutable(true)).isTrue();
        return new NatsSource() {
            @Override
            public String name() {
                return "a test";
            }

            @Override
            public Optional<Path> find(Progress progress) {
                return Optional.of(program);
            }
        };
    }

    private static String script(String version) {
        return "#!/bin/sh\necho nats-server: v" + version + "\n";
    }

    private static byte[] archiveOf(String script) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
            byte[] content = script.getBytes(StandardCharsets.US_ASCII);
            TarArchiveEntry entry = new TarArchiveEntry("nats-server-v2.14.5-x/nats-server");
            entry.setSize(content.length);
            tar.putArchiveEntry(entry);
            tar.write(content);
            tar.closeArchiveEntry();
        }
        return bytes.toByteArray();
    }
}
