package dev.sandpiper.embed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.runtime.config.Setting;
import dev.sandpiper.runtime.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Keeps {@code docs/operate/configuration.md} what the settings say. */
class ConfigurationReferenceTest {
    private static final Path PAGE = Path.of("../../docs/operate/configuration.md");
    private static final String REWRITE = "sandpiper.docs.write";

    /** Chapters by the beginning of a setting's name; the first that fits has it. */
    private static final Map<String, String> CHAPTERS = new LinkedHashMap<>();

    static {
        CHAPTERS.put("DATABASE_", "PostgreSQL");
        CHAPTERS.put("NATS_", "NATS");
        CHAPTERS.put("CLUSTER_", "Cluster");
        CHAPTERS.put("HTTP_", "Public listener");
        CHAPTERS.put("TLS_", "Public listener");
        CHAPTERS.put("CORS_", "Public listener");
        CHAPTERS.put("TRUSTED_", "Public listener");
        CHAPTERS.put("MANAGEMENT_", "Management listener");
        CHAPTERS.put("KEY_", "Credentials");
        CHAPTERS.put("TICKET_", "Credentials");
        CHAPTERS.put("TOKENS_", "Credentials");
        CHAPTERS.put("SOCKETS_", "Sockets");
        CHAPTERS.put("PUBLISH_", "Publishing");
        CHAPTERS.put("FEED_", "Feed");
        CHAPTERS.put("RETENTION_", "Retention");
        CHAPTERS.put("DEAD_LETTERS_", "Dead letters");
        CHAPTERS.put("", "Node");
    }

    @Test
    void thePageSaysWhatTheSettingsSay() throws IOException {
        String page = page();
        if (Boolean.getBoolean(REWRITE)) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE)
                .as(
                        "regenerate with: mvn test -pl verticles/embed -Dtest=ConfigurationReferenceTest"
                                + " -Dtest.jvm.args=-D%s=true",
                        REWRITE)
                .hasContent(page);
    }

    private static String page() {
        var settings = new Settings(name -> null);
        NodeConfig.read(settings);
        Map<String, List<Setting>> chapters = new LinkedHashMap<>();
        List.of("Node", "PostgreSQL", "NATS").forEach(first -> chapters.put(first, new ArrayList<>()));
        for (Setting setting : settings.declared()) {
            chapters.computeIfAbsent(chapter(setting), name -> new ArrayList<>())
                    .add(setting);
        }
        var page = new StringBuilder("""
                # Configuration

                Generated from the settings that the code declares; do not edit.

                A node reads environment variables. It checks all of them when it starts, reports everything that is wrong at once, and then
                exits; a variable that begins with `SANDPIPER_` and is not known is wrong too. Durations are written `500ms`, `2s`, `5m` or `1h`.
                Required are `SANDPIPER_DATABASE_URL` and `SANDPIPER_SECRET`. Secrets are never logged; each
                may also lie in a file that a setting of the same name with `_FILE` behind names, such as `SANDPIPER_SECRET_FILE=/run/secrets/sandpiper`.
                """);
        chapters.forEach((chapter, members) -> {
            page.append("\n## ").append(chapter).append("\n\n| setting | default | what |\n|---|---|---|\n");
            members.forEach(setting -> page.append(row(setting)));
        });
        return page.toString();
    }

    private static String row(Setting setting) {
        String fallback = setting.fallback().isEmpty() ? "" : "`" + setting.fallback() + "`";
        return "| `%s` | %s | %s%s |\n"
                .formatted(
                        setting.name(),
                        fallback,
                        setting.description().replaceAll("\\.$", "").replace("|", "\\|"),
                        setting.secret() ? " (secret)" : "");
    }

    private static String chapter(Setting setting) {
        String name = setting.name().substring(Settings.PREFIX.length());
        for (Map.Entry<String, String> chapter : CHAPTERS.entrySet()) {
            if (name.startsWith(chapter.getKey())) {
                return chapter.getValue();
            }
        }
        throw new IllegalStateException("the empty beginning fits every name");
    }
}
