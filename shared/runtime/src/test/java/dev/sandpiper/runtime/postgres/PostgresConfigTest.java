package dev.sandpiper.runtime.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandpiper.runtime.config.InvalidSettings;
import dev.sandpiper.runtime.config.Settings;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresConfigTest {
    @Test
    void aUrlSaysEverything() {
        PostgresConfig config =
                config("postgresql://us%40er:p%2Fa+s%3As@db.example:6000/sand?sslmode=require&currentSchema=s1");

        PgConnectOptions options = config.connectOptions();
        assertThat(options.getUser()).isEqualTo("us@er");
        assertThat(options.getPassword()).isEqualTo("p/a+s:s");
        assertThat(options.getHost()).isEqualTo("db.example");
        assertThat(options.getPort()).isEqualTo(6000);
        assertThat(options.getDatabase()).isEqualTo("sand");
        assertThat(options.getSslMode()).isEqualTo(SslMode.REQUIRE);
        assertThat(options.getProperties()).containsEntry("search_path", "s1");
        assertThat(config.jdbcUrl())
                .isEqualTo("jdbc:postgresql://db.example:6000/sand?sslmode=require&currentSchema=s1");
        assertThat(config.user()).isEqualTo("us@er");
        assertThat(config.password().reveal()).isEqualTo("p/a+s:s");
    }

    @Test
    void portPasswordAndModeMayBeLeftOut() {
        PgConnectOptions options = config("postgres://me@[::1]/d").connectOptions();

        assertThat(options.getPort()).isEqualTo(5432);
        assertThat(options.getHost()).isEqualTo("::1");
        assertThat(options.getSslMode()).isEqualTo(SslMode.PREFER);
        assertThat(options.getSslOptions().isTrustAll()).isTrue();
        assertThat(config("postgres://me@[::1]/d").jdbcUrl()).startsWith("jdbc:postgresql://[::1]:5432/d");
    }

    @Test
    void verifyingTrustsTheJdksAuthoritiesWhenToldTo() {
        PgConnectOptions options = config("postgresql://u:p@h/d?sslmode=verify-full&sslrootcert=system")
                .connectOptions();

        assertThat(options.getSslOptions().isTrustAll()).isFalse();
        assertThat(options.getSslOptions().getTrustOptions()).isNotNull();
        assertThat(options.getSslOptions().getHostnameVerificationAlgorithm()).isEqualTo("HTTPS");
    }

    @Test
    void thePasswordIsNotInItsText() {
        assertThat(config("postgresql://u:hunter2@h/d").toString()).doesNotContain("hunter2");
        assertThat(config("postgresql://u:hunter2@h/d").jdbcUrl()).doesNotContain("hunter2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mysql://u:hunter2@h/d",
                "postgresql://h/d",
                "postgresql://:hunter2@h/d",
                "postgresql://u:hunter2@/d",
                "postgresql://u:hunter2@h",
                "postgresql://u:hunter2@h/",
                "postgresql://u:hunter2@h/a/b",
                "postgresql://u:hunter2@h/d?sslmode=perhaps",
                "postgresql://u:hunter2@h/d?sslmode=verify-full",
                "postgresql://u:hunter2@h/d?sslmode=verify-ca&sslrootcert=/no/such/file",
                "postgresql://u:hunter2@h/d?unknown=1",
                "postgresql://u:hunter2 with blanks@h/d",
                "postgresql://u:hunter2%zz@h/d",
                "hunter2"
            })
    void aUrlThatCannotBeUsedIsAFaultThatKeepsThePassword(String url) {
        var settings = new Settings(Map.of("SANDPIPER_DATABASE_URL", url)::get);

        assertThatCode(() -> PostgresConfig.from(settings)).doesNotThrowAnyException();

        assertThatThrownBy(settings::check)
                .isInstanceOf(InvalidSettings.class)
                .hasMessageStartingWith("SANDPIPER_DATABASE_URL ")
                .message()
                .doesNotContain("hunter2");
    }

    @Test
    void withoutAUrlThereIsAFault() {
        var settings = new Settings(name -> null);
        PostgresConfig.from(settings);

        assertThatThrownBy(settings::check).hasMessageContaining("SANDPIPER_DATABASE_URL is required");
    }

    private static PostgresConfig config(String url) {
        var settings = new Settings(Map.of("SANDPIPER_DATABASE_URL", url)::get);
        PostgresConfig config = PostgresConfig.from(settings);
        settings.check();
        return config;
    }
}
