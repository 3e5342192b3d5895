package dev.sandpiper.services;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a PostgreSQL server keeps: {@code data} (its own), {@code password} and {@code postgres.log}.
 *
 * @param root holds the three
 */
record PostgresFolder(Path root) {
    /** The major version of the binaries; another one's data cannot be read. */
    static final String MAJOR = "18";

    /** @throws ServiceFailure when what is there belongs to something else */
    static PostgresFolder open(Path root) {
        PostgresFolder folder = new PostgresFolder(root.toAbsolutePath().normalize());
        Folders.create(folder.root());
        if (!Files.isWritable(folder.root())) {
            throw new ServiceFailure("There is no permission to write to " + root + "; name a folder that you own");
        }
        if (Files.exists(folder.root().resolve("PG_VERSION"))) {
            throw new ServiceFailure(root + " is the data folder of another PostgreSQL; name another folder");
        }
        if (folder.isEmpty()) {
            return folder;
        }
        Path version = folder.data().resolve("PG_VERSION");
        if (!Files.exists(version)) {
            throw new ServiceFailure(folder.data() + " is not a PostgreSQL data folder, and not empty;"
                    + " name another folder or remove this one");
        }
        String found = read(version).strip();
        if (!found.equals(MAJOR)) {
            throw new ServiceFailure(folder.data() + " holds the data of PostgreSQL " + found
                    + ", and this is PostgreSQL " + MAJOR + "; name another folder, or dump and restore the data");
        }
        if (!Files.exists(folder.passwordFile())) {
            throw new ServiceFailure(folder.data() + " was not made by Sandpiper (there is no " + folder.passwordFile()
                    + "); name another folder");
        }
        return folder;
    }

    Path data() {
        return root.resolve("data");
    }

    Path log() {
        return root.resolve("postgres.log");
    }

    private Path passwordFile() {
        return root.resolve("password");
    }

    /** Whether there is no database yet. */
    boolean isEmpty() {
        if (!Files.exists(data())) {
            return true;
        }
        try (Stream<Path> content = Files.list(data())) {
            return content.findAny().isEmpty();
        } catch (IOException e) {
            throw new ServiceFailure("There is no permission to read " + data() + "; name a folder that you own", e);
        }
    }

    /** Generated when there is none. */
    String password() throws IOException {
        if (!Files.exists(passwordFile())) {
            byte[] random = new byte[16];
            new SecureRandom().nextBytes(random);
            Files.createFile(
                    passwordFile(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(passwordFile(), HexFormat.of().formatHex(random));
        }
        return read(passwordFile()).strip();
    }

    void initialise(Path binaries, Account account) {
        List<String> command = account.run(List.of(
                binaries.resolve("bin/initdb").toString(),
                "--pgdata=" + data(),
                "--username=postgres",
                "--auth=scram-sha-256",
                "--pwfile=" + passwordFile(),
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--no-instructions",
                "--no-sync"));
        Commands.Outcome outcome = Commands.run(Duration.ofMinutes(1), command, Map.of("LC_ALL", "C"));
        if (!outcome.succeeded()) {
            // What it left would be taken for a database next time.
            Folders.delete(data());
            throw new ServiceFailure("PostgreSQL cannot make a database in " + data() + ": " + outcome.lastLine());
        }
    }

    long logSize() {
        return log().toFile().length();
    }

    /** The last complaint in the log after that many bytes; empty when there is none. */
    String faultSince(long bytes) {
        try {
            byte[] all = Files.readAllBytes(log());
            int from = (int) Math.min(bytes, all.length);
            String fresh = new String(all, from, all.length - from, StandardCharsets.UTF_8);
            return fresh.lines()
                    .filter(line -> line.contains("FATAL:") || line.contains("PANIC:"))
                    .reduce((earlier, later) -> later)
                    .map(line -> line.replaceFirst("^.*?(FATAL|PANIC):\\s*", ""))
                    .orElse("");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + log(), e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new ServiceFailure("There is no permission to read " + file + "; name a folder that you own", e);
        }
    }
}
