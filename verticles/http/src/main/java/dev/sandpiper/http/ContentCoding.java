package dev.sandpiper.http;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** How a body is compressed (RFC 9110, 8.4). */
enum ContentCoding {
    IDENTITY(""),
    GZIP("gzip"),
    ZSTD("zstd");

    private static final int BUFFER = 8 << 10;

    private final String token;

    ContentCoding(String token) {
        this.token = token;
    }

    /** Its name in a header. */
    String token() {
        return token;
    }

    /**
     * The best that a client takes: by weight, and of equal ones zstd before gzip. {@code *} means gzip, which whoever says that
     * understands.
     *
     * @param accepted {@code Accept-Encoding}, null when there is none
     */
    static ContentCoding of(@Nullable String accepted) {
        if (accepted == null) {
            return IDENTITY;
        }
        double zstd = 0;
        double gzip = -1;
        double any = 0;
        for (String coding : accepted.toLowerCase(Locale.ROOT).split(",", -1)) {
            String[] parts = coding.strip().split("\\s*;\\s*", -1);
            double weight = parts.length > 1 ? weight(parts[1]) : 1;
            switch (parts[0]) {
                case "zstd" -> zstd = weight;
                case "gzip", "x-gzip" -> gzip = weight;
                case "*" -> any = weight;
                default -> {
                    // Not one of ours.
                }
            }
        }
        double second = gzip < 0 ? any : gzip;
        if (zstd > 0 && zstd >= second) {
            return ZSTD;
        }
        return second > 0 ? GZIP : IDENTITY;
    }

    /** 0 for what is no weight, so that nobody gets what they may not understand. */
    private static double weight(String parameter) {
        return parameter.matches("q=(0(\\.[0-9]{0,3})?|1(\\.0{0,3})?)")
                ? Double.parseDouble(parameter.substring(2))
                : 0;
    }

    /** A stream whose {@code flush} lets out everything that was written, and which must be closed. */
    OutputStream onto(OutputStream out) throws IOException {
        return switch (this) {
            case IDENTITY -> out;
            case GZIP -> new GZIPOutputStream(out, BUFFER, true);
            case ZSTD -> new ZstdOutputStreamNoFinalizer(out);
        };
    }
}
