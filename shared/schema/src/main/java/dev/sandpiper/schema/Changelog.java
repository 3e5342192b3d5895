package dev.sandpiper.schema;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/** The changelog files of this version, as resources. */
final class Changelog {
    static final String FOLDER = "db/changelog/";
    static final String MASTER = FOLDER + "master.xml";
    private static final Pattern INCLUDE = Pattern.compile("<include\\s+file=\"([^\"]+)\"");

    private Changelog() {}

    /** Paths of what the master includes, in its order. */
    static List<String> files() {
        return INCLUDE.matcher(new String(read(MASTER), StandardCharsets.UTF_8))
                .results()
                .map(match -> FOLDER + match.group(1))
                .toList();
    }

    /** A hash of every byte of every changelog: equal exactly when there is nothing to apply. */
    static String fingerprint() {
        MessageDigest sha = sha256();
        sha.update(read(MASTER));
        for (String file : files()) {
            sha.update(read(file));
        }
        return HexFormat.of().formatHex(sha.digest());
    }

    private static byte[] read(String path) {
        try (InputStream in = Changelog.class.getClassLoader().getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + path + " is missing");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new SchemaMigrationException("the resource " + path + " cannot be read", e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
