package dev.sandpiper.protocol;

import java.util.Locale;

/** What a {@code Content-Type} says (RFC 9110, section 8.3). */
public final class MediaTypes {
    public static final String JSON = "application/json";
    public static final String PROBLEM = "application/problem+json";
    public static final String NDJSON = "application/x-ndjson";

    private MediaTypes() {}

    /** Type and subtype in lower case, without parameters. */
    public static String essence(String contentType) {
        int end = contentType.indexOf(';');
        String essence = end < 0 ? contentType : contentType.substring(0, end);
        return essence.strip().toLowerCase(Locale.ROOT);
    }

    /** {@code application/json} or anything with the suffix {@code +json}. */
    public static boolean isJson(String contentType) {
        if (contentType.equals(JSON)) {
            return true;
        }
        String essence = essence(contentType);
        return essence.equals(JSON) || (essence.startsWith("application/") && essence.endsWith("+json"));
    }

    /** One JSON document per line, under any of its names. */
    public static boolean isLines(String contentType) {
        return switch (essence(contentType)) {
            case NDJSON, "application/ndjson", "application/jsonl", "application/x-jsonlines" -> true;
            default -> false;
        };
    }

    /** Whether {@code type/subtype} is all that it should be: two tokens of RFC 9110. */
    public static boolean isWellFormed(String contentType) {
        String essence = essence(contentType);
        int slash = essence.indexOf('/');
        return slash > 0
                && slash < essence.length() - 1
                && essence.chars().filter(c -> c == '/').count() == 1
                && essence.chars().allMatch(c -> c == '/' || isTokenCharacter(c));
    }

    /** Whether a {@code charset} parameter, if any, says UTF-8. */
    public static boolean isUtf8(String contentType) {
        int at = contentType.toLowerCase(Locale.ROOT).indexOf("charset=");
        if (at < 0) {
            return true;
        }
        String charset = contentType.substring(at + "charset=".length());
        int end = charset.indexOf(';');
        String name = (end < 0 ? charset : charset.substring(0, end)).strip().replace("\"", "");
        return name.equalsIgnoreCase("utf-8") || name.equalsIgnoreCase("us-ascii");
    }

    /** Whether an {@code Accept} header asks for problem details, and not rather for plain JSON. */
    public static boolean prefersProblem(String accept) {
        return weight(accept, PROBLEM) > 0 && weight(accept, PROBLEM) >= weight(accept, JSON);
    }

    /** The weight in thousandths that {@code accept} gives to exactly this type, 0 when it does not name it. */
    private static int weight(String accept, String essence) {
        for (String range : accept.split(",", -1)) {
            if (essence(range).equals(essence)) {
                return quality(range);
            }
        }
        return 0;
    }

    private static int quality(String range) {
        int at = range.toLowerCase(Locale.ROOT).indexOf("q=");
        if (at < 0) {
            return 1_000;
        }
        try {
            return (int)
                    (Double.parseDouble(range.substring(at + 2).split(";", 2)[0].strip()) * 1_000);
        } catch (NumberFormatException e) {
            return 1_000;
        }
    }

    private static boolean isTokenCharacter(int c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }
}
