package dev.sandpiper.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
    private final Map<String, String> environment = new HashMap<>();
    private final Settings settings = new Settings(environment::get);

    @Test
    void everyFaultIsReportedAtOnce() {
        environment.put("SANDPIPER_PORT", "seventy");
        environment.put("SANDPIPER_SIZE", "11");
        environment.put("SANDPIPER_WAIT", "2 days");
        environment.put("SANDPIPER_FAST", "perhaps");
        environment.put("SANDPIPER_COLOR", "green");
        environment.put("SANDPIPER_PROT", "80");
        settings.integer("PORT", 80, 1, 99, "a port");
        settings.integer("SIZE", 1, 1, 10, "a size");
        settings.duration("WAIT", Duration.ofSeconds(1), Duration.ZERO, Duration.ofSeconds(9), "a wait");
        settings.flag("FAST", true, "a flag");
        settings.choice("COLOR", Color.class, Color.RED, "a color");
        settings.required("NAME", "a name");
        settings.rejectUnknown(environment.keySet());

        assertThatThrownBy(settings::check)
                .isInstanceOfSatisfying(
                        InvalidSettings.class,
                        e -> assertThat(e.faults())
                                .containsExactly(
                                        "SANDPIPER_PORT must be a whole number",
                                        "SANDPIPER_SIZE must be from 1 to 10",
                                        "SANDPIPER_WAIT must be a duration such as 500ms, 2s or 5m",
                                        "SANDPIPER_FAST must be true or false",
                                        "SANDPIPER_COLOR must be one of [red, blue]",
                                        "SANDPIPER_NAME is required: a name",
                                        "SANDPIPER_PROT is not a setting of Sandpiper"));
    }

    @Test
    void whatIsNotSetHasItsDefault() {
        environment.put("SANDPIPER_SIZE", " ");

        assertThat(settings.integer("SIZE", 7, 1, 10, "a size")).isEqualTo(7);
        assertThat(settings.list("NAMES", List.of("a"), "names")).containsExactly("a");
        assertThat(settings.secret("KEY", "a key")).isNull();
        settings.check();
    }

    @Test
    void aSecretMayLieInAFile(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("key"), "  from a file\n");
        environment.put("SANDPIPER_KEY_FILE", file.toString());

        Secret key = settings.secret("KEY", "a key");
        settings.rejectUnknown(environment.keySet());
        settings.check();

        assertThat(key).isNotNull().extracting(Secret::reveal).isEqualTo("from a file");
    }

    @Test
    void aFileThatHoldsNoSecretIsAFaultAndSoIsAFileForWhatIsNone(@TempDir Path folder) throws IOException {
        environment.put(
                "SANDPIPER_EMPTY_FILE",
                Files.createFile(folder.resolve("empty")).toString());
        environment.put("SANDPIPER_MISSING_FILE", folder.resolve("missing").toString());
        environment.put("SANDPIPER_FOLDER_FILE", folder.toString());
        environment.put("SANDPIPER_TWICE", "a");
        environment.put("SANDPIPER_TWICE_FILE", folder.resolve("twice").toString());
        environment.put("SANDPIPER_SIZE_FILE", folder.resolve("size").toString());
        Files.write(folder.resolve("large"), new byte[65_537]);
        environment.put("SANDPIPER_LARGE_FILE", folder.resolve("large").toString());
        environment.put("SANDPIPER_NO_PATH_FILE", "a\0b");
        for (String name : List.of("EMPTY", "MISSING", "FOLDER", "TWICE", "LARGE", "NO_PATH")) {
            settings.secret(name, "a secret");
        }
        settings.integer("SIZE", 1, 1, 10, "a size");
        settings.rejectUnknown(environment.keySet());

        assertThatThrownBy(settings::check)
                .isInstanceOfSatisfying(
                        InvalidSettings.class,
                        e -> assertThat(e.faults())
                                .containsExactly(
                                        "SANDPIPER_EMPTY_FILE names a file in which there is nothing",
                                        "SANDPIPER_MISSING_FILE names no file that can be read (NoSuchFileException)",
                                        "SANDPIPER_FOLDER_FILE names no file that can be read (IOException)",
                                        "SANDPIPER_TWICE is given twice: itself, and by SANDPIPER_TWICE_FILE",
                                        "SANDPIPER_LARGE_FILE names a file that is too large for a secret",
                                        "SANDPIPER_NO_PATH_FILE names no file that can be read (InvalidPathException)",
                                        "SANDPIPER_SIZE_FILE is not a setting of Sandpiper"));
    }

    @Test
    void valuesAreReadAsOperatorsWriteThem() {
        environment.put("SANDPIPER_WAIT", "5m");
        environment.put("SANDPIPER_NAMES", " a, b ,,c");
        environment.put("SANDPIPER_FAST", "off");
        environment.put("SANDPIPER_COLOR", "BLUE");

        assertThat(settings.duration("WAIT", Duration.ZERO, Duration.ZERO, Duration.ofHours(1), "a wait"))
                .isEqualTo(Duration.ofMinutes(5));
        assertThat(settings.list("NAMES", List.of(), "names")).containsExactly("a", "b", "c");
        assertThat(settings.flag("FAST", true, "a flag")).isFalse();
        assertThat(settings.choice("COLOR", Color.class, Color.RED, "a color")).isEqualTo(Color.BLUE);
    }

    @Test
    void askingForASettingDeclaresIt() {
        settings.duration("WAIT", Duration.ofSeconds(90), Duration.ZERO, Duration.ofHours(1), "How long");
        settings.secret("KEY", "A key");

        assertThat(settings.declared())
                .containsExactly(
                        new Setting("SANDPIPER_WAIT", "90s", "How long", false),
                        new Setting("SANDPIPER_KEY", "", "A key", true));
    }

    @Test
    void aSecretDoesNotShow() {
        environment.put("SANDPIPER_KEY", "hunter2");

        assertThat(String.valueOf(settings.secret("KEY", "a key"))).doesNotContain("hunter2");
    }

    @Test
    void unknownNamesOfOthersAreNotOurs() {
        settings.rejectUnknown(Set.of("PATH", "SANDPIPERS_X"));

        settings.check();
    }

    enum Color {
        RED,
        BLUE
    }
}
