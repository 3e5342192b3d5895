package dev.sandpiper.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NatsServerTest {
    private static Path binary;

    @TempDir
    private Path folder;

    @BeforeAll
    static void acquire() {
        binary = NatsBinary.acquire(Progress.logged()).path();
    }

    @Test
    void itAnswersWithJetStreamAndANewEnoughVersion() throws IOException {
        try (NatsServer server = NatsServer.start(NatsOptions.of(binary, folder))) {
            NatsInfo info = NatsInfo.ask("127.0.0.1", server.port(), Duration.ofSeconds(2));
            assertThat(info.jetStream()).isTrue();
            assertThat(NatsBinary.isNewEnough(info.version())).isTrue();
            assertThat(server.version()).isEqualTo(info.version());
        }
    }

    @Test
    void aPausedServerIsSilentAndGoesOnWhenResumed() throws IOException {
        try (NatsServer server = NatsServer.start(NatsOptions.of(binary, folder))) {
            server.pause();
            assertThatThrownBy(() -> NatsInfo.ask("127.0.0.1", server.port(), Duration.ofMillis(200)))
                    .isInstanceOf(IOException.class);
            server.resume();
            assertThat(NatsInfo.ask("127.0.0.1", server.port(), Duration.ofSeconds(2))
                            .version())
                    .isNotEmpty();
        }
    }

    @Test
    void afterAKillItComesBackOnTheSamePort() throws IOException {
        try (NatsServer server = NatsServer.start(NatsOptions.of(binary, folder))) {
            int port = server.port();
            server.kill();
            server.restart();
            assertThat(server.port()).isEqualTo(port);
            assertThat(NatsInfo.ask("127.0.0.1", port, Duration.ofSeconds(2)).jetStream())
                    .isTrue();
        }
    }

    @Test
    void threeServersFormACluster() throws Exception {
        List<Integer> ports = Stream.generate(FreePorts::next).limit(3).toList();
        NatsServer[] servers = new NatsServer[3];
        try {
            for (int i = 0; i < 3; i++) {
                servers[i] = NatsServer.start(NatsOptions.of(binary, folder.resolve("n" + i))
                        .cluster("n" + i, new NatsCluster("test", ports.get(i), ports)));
            }
            String routes = servers[0].monitoringUrl() + "/routez";
            awaitText(routes, "\"remote_name\": \"n1\"", "\"remote_name\": \"n2\"");
        } finally {
            for (NatsServer server : servers) {
                if (server != null) {
                    server.close();
                }
            }
        }
    }

    @Test
    void aProgramThatIsNoServerIsReportedWithWhatItSaid() throws IOException {
        Path fake = Files.writeString(folder.resolve("fake"), "#!/bin/sh\necho unknown flag >&2\nexit 3\n");
        assertThat(fake.toFile().setExecutable(true)).isTrue();
        assertThatThrownBy(() -> NatsServer.start(NatsOptions.of(fake, folder)))
                .isInstanceOf(ServiceFailure.class)
                .hasMessageContaining("unknown flag");
    }

    private static void awaitText(String url, String... wanted) throws Exception {
        String text = "";
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (System.nanoTime() < deadline) {
            try (var in = URI.create(url).toURL().openStream()) {
                text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
            if (Stream.of(wanted).allMatch(text::contains)) {
                return;
            }
        }
        assertThat(text).contains(wanted);
    }
}
