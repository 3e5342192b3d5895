package dev.sandpiper.topics;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/** What a request expects to find: {@code If-Match: "7"} or {@code *}, {@code If-None-Match: *}, or a version in its body. */
final class Preconditions {
    private Preconditions() {}

    /** @param version in the body; null for none */
    static Expectation of(MultiMap headers, @Nullable Long version) {
        String match = headers.get(HttpHeaders.IF_MATCH);
        String noneMatch = headers.get(HttpHeaders.IF_NONE_MATCH);
        if (noneMatch != null) {
            if (!noneMatch.strip().equals("*") || match != null || version != null) {
                throw fault("If-None-Match", "must be *, without If-Match and version");
            }
            return new Expectation.Nothing();
        }
        if (match == null) {
            return version == null ? new Expectation.Anything() : new Expectation.Version(version);
        }
        if (match.strip().equals("*")) {
            return version == null ? new Expectation.Something() : new Expectation.Version(version);
        }
        long expected = version(match.strip());
        if (version != null && version != expected) {
            throw fault("If-Match", "and version must be the same");
        }
        return new Expectation.Version(expected);
    }

    private static long version(String text) {
        boolean quoted = text.length() > 2 && text.startsWith("\"") && text.endsWith("\"");
        String digits = quoted ? text.substring(1, text.length() - 1) : text;
        if (digits.isEmpty() || digits.length() > 18 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw fault("If-Match", "must be one version, such as \"7\", or *");
        }
        return Long.parseLong(digits);
    }

    private static PlatformException fault(String header, String reason) {
        return new PlatformException(new RequestError.InvalidParameter(header, reason));
    }
}
