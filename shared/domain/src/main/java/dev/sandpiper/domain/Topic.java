package dev.sandpiper.domain;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The name that events are published to and subscribed by; on a socket it is called a channel.
 *
 * <p>Any Unicode but what could be mistaken for structure: no white space, no control or format characters, no unpaired
 * surrogates, none of the wildcards {@code *} and {@code >}. Dots, colons and slashes are ordinary.
 *
 * @param name 1 to {@value #MAX_BYTES} bytes of UTF-8
 */
public record Topic(String name) {
    public static final int MAX_BYTES = 255;

    /** @throws PlatformException with {@link RequestError.InvalidTopic} */
    public Topic {
        requireValid(name);
    }

    static void requireValid(String name) {
        String fault = fault(name);
        if (fault != null) {
            throw new PlatformException(new RequestError.InvalidTopic(fault));
        }
    }

    private static @Nullable String fault(String name) {
        if (name.isEmpty()) {
            return "a topic name must not be empty";
        }
        if (name.length() > MAX_BYTES) {
            return "a topic name has at most " + MAX_BYTES + " bytes";
        }
        boolean ascii = true;
        for (int i = 0; i < name.length(); ) {
            int c = name.codePointAt(i);
            if (c == '*' || c == '>') {
                return "a topic name must not contain the wildcards * and >";
            }
            if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
                return "a topic name must not contain white space";
            }
            int type = Character.getType(c);
            if (type == Character.CONTROL || type == Character.FORMAT) {
                return "a topic name must not contain control characters";
            }
            if (type == Character.SURROGATE) {
                return "a topic name must be well-formed Unicode";
            }
            ascii &= c < 0x80;
            i += Character.charCount(c);
        }
        if (!ascii && name.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            return "a topic name has at most " + MAX_BYTES + " bytes";
        }
        return null;
    }

    @Override
    public String toString() {
        return name;
    }
}
