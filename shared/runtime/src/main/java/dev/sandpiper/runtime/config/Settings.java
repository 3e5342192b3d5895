package dev.sandpiper.runtime.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the {@code SANDPIPER_*} settings, declares them and collects every fault, so that an operator sees all of them at
 * once. A config record is made by asking for its values here; asking is what puts a setting into the reference
 * documentation, which therefore cannot drift.
 */
public final class Settings {
    public static final String PREFIX = "SANDPIPER_";

    private static final String FILE = "_FILE";
    private static final int MAX_SECRET = 65_536;

    private final Function<String, @Nullable String> source;
    private final Map<String, Setting> declared = new LinkedHashMap<>();
    private final List<String> faults = new ArrayList<>();

    /** @param source from a full name such as {@code SANDPIPER_HTTP_PORT} to its value, for instance {@code System::getenv} */
    public Settings(Function<String, @Nullable String> source) {
        this.source = source;
    }

    public String text(String name, String fallback, String description) {
        String raw = read(name, fallback, description, false);
        return raw == null ? fallback : raw;
    }

    public @Nullable String optional(String name, String description) {
        return read(name, "", description, false);
    }

    /** Empty when missing, which is a fault. */
    public String required(String name, String description) {
        String raw = read(name, "required", description, false);
        if (raw == null) {
            fault(name, "is required: " + description);
            return "";
        }
        return raw;
    }

    /** Given itself, or as the name of a file that holds it, by a setting that is called the same with {@code _FILE} behind. */
    public @Nullable Secret secret(String name, String description) {
        String raw = read(name, "", description, true);
        String file = source.apply(PREFIX + name + FILE);
        if (file == null || file.isBlank()) {
            return raw == null ? null : new Secret(raw);
        }
        if (raw != null) {
            fault(name, "is given twice: itself, and by " + PREFIX + name + FILE);
            return new Secret(raw);
        }
        String content = content(name + FILE, file.strip());
        return content == null ? null : new Secret(content);
    }

    private @Nullable String content(String name, String file) {
        try {
            Path path = Path.of(file);
            if (Files.size(path) > MAX_SECRET) {
                fault(name, "names a file that is too large for a secret");
                return null;
            }
            String content = Files.readString(path).strip();
            if (content.isEmpty()) {
                fault(name, "names a file in which there is nothing");
                return null;
            }
            return content;
        } catch (IOException | InvalidPathException e) {
            // The exception names what may be no name of a file but the secret itself.
            fault(name, "names no file that can be read (" + e.getClass().getSimpleName() + ")");
            return null;
        }
    }

    public int integer(String name, int fallback, int min, int max, String description) {
        return (int) number(name, fallback, min, max, description);
    }

    public long number(String name, long fallback, long min, long max, String description) {
        String raw = read(name, Long.toString(fallback), description, false);
        if (raw == null) {
            return fallback;
        }
        try {
            long value = Long.parseLong(raw.strip());
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            fault(name, "must be a whole number");
            return fallback;
        }
        fault(name, "must be from " + min + " to " + max);
        return fallback;
    }

    public boolean flag(String name, boolean fallback, String description) {
        String raw = read(name, Boolean.toString(fallback), description, false);
        if (raw == null) {
            return fallback;
        }
        return switch (raw.strip().toLowerCase(Locale.ROOT)) {
            case "true", "1", "yes", "on" -> true;
            case "false", "0", "no", "off" -> false;
            default -> {
                fault(name, "must be true or false");
                yield fallback;
            }
        };
    }

    /** In milliseconds, or with one of the units {@code ms}, {@code s}, {@code m}, {@code h}, {@code d}. */
    public Duration duration(String name, Duration fallback, Duration min, Duration max, String description) {
        String raw = read(name, Durations.format(fallback), description, false);
        if (raw == null) {
            return fallback;
        }
        Duration value = Durations.parse(raw.strip());
        if (value == null) {
            fault(name, "must be a duration such as 500ms, 2s or 5m");
            return fallback;
        }
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            fault(name, "must be from " + Durations.format(min) + " to " + Durations.format(max));
            return fallback;
        }
        return value;
    }

    public <E extends Enum<E>> E choice(String name, Class<E> type, E fallback, String description) {
        String raw = read(name, fallback.name().toLowerCase(Locale.ROOT), description, false);
        if (raw == null) {
            return fallback;
        }
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(raw.strip().replace('-', '_'))) {
                return constant;
            }
        }
        fault(
                name,
                "must be one of " + List.of(type.getEnumConstants()).toString().toLowerCase(Locale.ROOT));
        return fallback;
    }

    /** Separated by commas; blanks around items are ignored. */
    public List<String> list(String name, List<String> fallback, String description) {
        String raw = read(name, String.join(",", fallback), description, false);
        if (raw == null) {
            return fallback;
        }
        return List.of(raw.split(",")).stream()
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
    }

    /** For what a record finds wrong with values that are each fine. */
    public void fault(String name, String problem) {
        faults.add(PREFIX + name + " " + problem);
    }

    /** Faults for variables that begin with the prefix and that nobody asked for: misspelt, most likely. */
    public void rejectUnknown(Set<String> names) {
        for (String name : names) {
            if (name.startsWith(PREFIX) && !declared.containsKey(name) && !isFileOfSecret(name)) {
                faults.add(name + " is not a setting of Sandpiper");
            }
        }
    }

    private boolean isFileOfSecret(String name) {
        Setting secret = name.endsWith(FILE) ? declared.get(name.substring(0, name.length() - FILE.length())) : null;
        return secret != null && secret.secret();
    }

    /** @throws InvalidSettings naming every fault, when there is any */
    public void check() {
        if (!faults.isEmpty()) {
            throw new InvalidSettings(faults);
        }
    }

    /** What was asked for so far, in that order. */
    public List<Setting> declared() {
        return List.copyOf(declared.values());
    }

    private @Nullable String read(String name, String fallback, String description, boolean secret) {
        String fullName = PREFIX + name;
        declared.put(fullName, new Setting(fullName, fallback, description, secret));
        String raw = source.apply(fullName);
        return raw == null || raw.isBlank() ? null : raw;
    }
}
