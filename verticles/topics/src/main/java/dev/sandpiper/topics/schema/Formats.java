package dev.sandpiper.topics.schema;

import io.netty.util.NetUtil;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The formats that are checked, each in time proportional to the text. Any other is an annotation, as 2020-12 has it. */
final class Formats {
    private static final int MAX_TIME = 64;
    private static final int MAX_ADDRESS = 320;
    private static final int MAX_LABEL = 63;
    private static final int MAX_HOST = 253;

    private static final Map<String, Predicate<String>> KNOWN = Map.of(
            "date-time", text -> isTime(text, Formats::dateTime),
            "date", text -> isTime(text, LocalDate::parse),
            "time", text -> isTime(text, OffsetTime::parse),
            "email", Formats::isEmail,
            "hostname", Formats::isHost,
            "ipv4", NetUtil::isValidIpV4Address,
            "ipv6", text -> text.indexOf('%') < 0 && NetUtil.isValidIpV6Address(text),
            "uri", Formats::isUri,
            "uuid", Formats::isUuid);

    private Formats() {}

    static @Nullable Predicate<String> named(String name) {
        return KNOWN.get(name);
    }

    private static void dateTime(String text) {
        // RFC 3339 knows no date without seconds, ISO 8601 does.
        if (text.length() < "2026-01-01T00:00:00Z".length() || text.indexOf(':') == text.lastIndexOf(':')) {
            throw new DateTimeException("no seconds");
        }
        OffsetDateTime.parse(text.replace(' ', 'T').toUpperCase(Locale.ROOT));
    }

    private static boolean isTime(String text, Consumer<String> parser) {
        if (text.length() > MAX_TIME) {
            return false;
        }
        try {
            parser.accept(text);
            return true;
        } catch (DateTimeException e) {
            return false;
        }
    }

    private static boolean isEmail(String text) {
        int at = text.lastIndexOf('@');
        if (at < 1 || text.length() > MAX_ADDRESS || text.indexOf('@') != at) {
            return false;
        }
        String name = text.substring(0, at);
        boolean plain = name.chars().allMatch(c -> c > ' ' && c < 0x7f && "\"(),:;<>[\\]".indexOf(c) < 0);
        return plain
                && !name.startsWith(".")
                && !name.endsWith(".")
                && !name.contains("..")
                && isHost(text.substring(at + 1));
    }

    private static boolean isHost(String text) {
        if (text.isEmpty() || text.length() > MAX_HOST) {
            return false;
        }
        for (String label : text.split("\\.", -1)) {
            boolean sane = !label.isEmpty()
                    && label.length() <= MAX_LABEL
                    && !label.startsWith("-")
                    && !label.endsWith("-")
                    && label.chars().allMatch(Formats::isLabelCharacter);
            if (!sane) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLabelCharacter(int c) {
        return c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static boolean isUri(String text) {
        try {
            return new URI(text).isAbsolute();
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static boolean isUuid(String text) {
        if (text.length() != 36) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
            char c = text.charAt(i);
            if (dash ? c != '-' : Character.digit(c, 16) < 0 || c > 'f') {
                return false;
            }
        }
        return true;
    }
}
