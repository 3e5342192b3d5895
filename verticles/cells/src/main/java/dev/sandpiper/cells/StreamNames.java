package dev.sandpiper.cells;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.PlatformException;

/** Streams as operators name them: as NATS does, or without the prefix of the installation. */
final class StreamNames {
    private static final String PLAIN = "EVENTS";
    private static final int MOST_DIGITS = 4;

    private final String first;

    /** @param first name of stream number 0 */
    StreamNames(String first) {
        this.first = first;
    }

    String of(int cell) {
        return cell == 0 ? first : first + "-" + cell;
    }

    /** @throws PlatformException with {@code RESOURCE_NOT_FOUND} when no stream can have this name */
    int cell(String name) {
        String known = name.startsWith(first) ? first : PLAIN;
        String rest = name.startsWith(known) ? name.substring(known.length()) : "?";
        if (rest.isEmpty()) {
            return 0;
        }
        String digits = rest.substring(1);
        boolean number = rest.charAt(0) == '-'
                && !digits.isEmpty()
                && digits.length() <= MOST_DIGITS
                && digits.charAt(0) != '0'
                && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!number) {
            throw new PlatformException(new ConflictError.ResourceNotFound("stream"));
        }
        return Integer.parseInt(digits);
    }
}
