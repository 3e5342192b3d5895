package dev.sandpiper.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.testkit.SelfSigned;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TlsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void speaksBothVersions(HttpClient.Version version) throws Exception {
        X509Certificate certificate = SelfSigned.write(folder, "one");
        try (Listener listener = listen();
                HttpClient client = client(version, certificate)) {
            HttpResponse<String> answer = version(listener, client);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.version()).isEqualTo(version);
        }
    }

    @Test
    void takesUpANewCertificateWithoutBreakingConnections() throws Exception {
        X509Certificate first = SelfSigned.write(folder, "one");
        try (Listener listener = listen();
                HttpClient old = client(HttpClient.Version.HTTP_1_1, first)) {
            assertThat(shown(version(listener, old))).isEqualTo(first);
            Files.writeString(folder.resolve("cert.pem"), "half a certif");
            X509Certificate second = SelfSigned.write(folder, "two");
            long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
            X509Certificate seen = first;
            while (!seen.equals(second) && System.nanoTime() < deadline) {
                try (HttpClient fresh = client(HttpClient.Version.HTTP_1_1, first, second)) {
                    seen = shown(version(listener, fresh));
                }
            }
            assertThat(seen).isEqualTo(second);
            assertThat(version(listener, old).statusCode()).isEqualTo(200);
        }
    }

    private Listener listen() {
        return Listener.with(
                "TLS_CERTIFICATE",
                folder.resolve("cert.pem").toString(),
                "TLS_KEY",
                folder.resolve("key.pem").toString(),
                "TLS_RELOAD",
                "50ms");
    }

    private static HttpResponse<String> version(Listener listener, HttpClient client) {
        return Listener.send(
                client, HttpRequest.newBuilder(listener.uri("/v1/version")).build());
    }

    private static X509Certificate shown(HttpResponse<String> answer) throws Exception {
        SSLSession session = answer.sslSession().orElseThrow();
        return (X509Certificate) session.getPeerCertificates()[0];
    }

    private static HttpClient client(HttpClient.Version version, X509Certificate... trusted) throws Exception {
        return HttpClient.newBuilder()
                .version(version)
                .sslContext(SelfSigned.trusting(trusted))
                .build();
    }
}
