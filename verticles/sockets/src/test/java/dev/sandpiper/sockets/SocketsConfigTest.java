package dev.sandpiper.sockets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandpiper.runtime.config.InvalidSettings;
import dev.sandpiper.runtime.config.Settings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SocketsConfigTest {
    @Test
    void theDefaultsAreThoseOfTheProtocol() {
        SocketsConfig config = config(Map.of());
        assertThat(config.payload().bytes()).isEqualTo(131_072);
        assertThat(config.maxSubscriptions()).isEqualTo(100);
        assertThat(config.pingInterval()).isEqualTo(Duration.ofSeconds(25));
        assertThat(config.authTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.commentInterval()).isEqualTo(Duration.ofSeconds(15));
        assertThat(config.allowsOrigin("https://anywhere.example.com")).isTrue();
    }

    @Test
    void originsAreAllowedByName() {
        SocketsConfig config =
                config(Map.of("SANDPIPER_SOCKETS_ALLOWED_ORIGINS", "https://a.example.com, https://b.example.com"));
        assertThat(config.allowsOrigin("https://b.example.com")).isTrue();
        assertThat(config.allowsOrigin("https://b.example.com.evil.net")).isFalse();
        assertThat(config.allowsOrigin("null")).isFalse();
    }

    @Test
    void everyFaultIsReported() {
        assertThatThrownBy(() -> config(
                        Map.of("SANDPIPER_SOCKETS_PING_INTERVAL", "soon", "SANDPIPER_SOCKETS_MAX_CONNECTIONS", "0")))
                .isInstanceOfSatisfying(
                        InvalidSettings.class, e -> assertThat(e.faults()).hasSize(2));
    }

    private static SocketsConfig config(Map<String, String> environment) {
        var settings = new Settings(environment::get);
        SocketsConfig config = SocketsConfig.from(settings);
        settings.check();
        return config;
    }
}
