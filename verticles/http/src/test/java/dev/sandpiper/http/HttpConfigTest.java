package dev.sandpiper.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandpiper.runtime.config.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HttpConfigTest {
    @Test
    void defaultsExposeNothing() {
        HttpConfig config = HttpConfig.from(new Settings(name -> null));
        assertThat(config.host()).isEqualTo("127.0.0.1");
        assertThat(config.corsOrigins()).isEmpty();
        assertThat(config.trustedProxies()).isEmpty();
        assertThat(config.tls()).isNull();
        assertThat(config.payload().bytes()).isEqualTo(131_072);
    }

    @Test
    void everyFaultIsReportedAtOnce() {
        var settings = new Settings(Map.of(
                "SANDPIPER_TRUSTED_PROXIES", "10.0.0.0/8,elsewhere",
                "SANDPIPER_TLS_KEY", "key.pem",
                "SANDPIPER_HTTP_MAX_EVENT", "1000000",
                "SANDPIPER_HTTP_MAX_BATCH", "2000")::get);
        HttpConfig.from(settings);
        assertThatThrownBy(settings::check)
                .hasMessageContaining("SANDPIPER_TRUSTED_PROXIES")
                .hasMessageContaining("SANDPIPER_TLS_CERTIFICATE")
                .hasMessageContaining("SANDPIPER_HTTP_MAX_BATCH");
    }
}
