package dev.sandpiper.services;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The account under which PostgreSQL runs, because it refuses to run as root.
 *
 * <p>As root, a user namespace does: inside it PostgreSQL does not see that it is root, and outside nothing changes owner.
 * Where the kernel forbids that, another account is used, and the folders are given to it.
 */
final class Account {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final List<String> CANDIDATES = List.of("postgres", "nobody");

    private final List<String> prefix;
    private final Optional<String> name;

    private Account(List<String> prefix, Optional<String> name) {
        this.prefix = prefix;
        this.name = name;
    }

    static Account choose() {
        if (!"0".equals(Commands.run(LIMIT, "id", "-u").text().strip())) {
            return new Account(List.of(), Optional.empty());
        }
        if (Session.onPath("unshare").isPresent()
                && Commands.run(LIMIT, "unshare", "-U", "true").succeeded()) {
            return new Account(List.of("unshare", "-U"), Optional.empty());
        }
        return other();
    }

    /** Another account than root. */
    static Account other() {
        for (String candidate : CANDIDATES) {
            if (Session.onPath("setpriv").isPresent()
                    && Commands.run(LIMIT, "id", "-u", candidate).succeeded()) {
                String group = Commands.run(LIMIT, "id", "-g", candidate).text().strip();
                return new Account(
                        List.of("setpriv", "--reuid=" + candidate, "--regid=" + group, "--clear-groups"),
                        Optional.of(candidate));
            }
        }
        throw new ServiceFailure(
                "PostgreSQL refuses to run as root, and neither a user namespace nor another account can"
                        + " be used here; start Sandpiper as an ordinary user, or set SANDPIPER_DATABASE_URL");
    }

    /** The command, to be run under this account. */
    List<String> run(List<String> command) {
        List<String> whole = new ArrayList<>(prefix);
        whole.addAll(command);
        return whole;
    }

    /** Whether the folders are given to another account, which must then be able to reach them. */
    boolean isOther() {
        return name.isPresent();
    }

    /** For a sentence; empty when there is nothing to say. */
    String describe() {
        return name.map(other -> ", run as " + other).orElse(prefix.isEmpty() ? "" : ", run in a user namespace");
    }

    /** Whether this account can get into the folder. */
    boolean reaches(Path folder) {
        return Commands.run(LIMIT, run(List.of("test", "-x", folder.toString())), Map.of())
                .succeeded();
    }

    /** Gives the folder and what is in it to this account. */
    void own(Path folder) {
        if (name.isEmpty()) {
            return;
        }
        Commands.Outcome outcome = Commands.run(Duration.ofMinutes(1), "chown", "-R", name.get(), folder.toString());
        if (!outcome.succeeded()) {
            throw new ServiceFailure("The folder " + folder + " cannot be given to the account " + name.get() + ": "
                    + outcome.lastLine());
        }
        if (!reaches(folder)) {
            throw new ServiceFailure("PostgreSQL runs as " + name.get() + " because it refuses root, and that account"
                    + " cannot reach " + folder + "; start Sandpiper as an ordinary user, or use --data with a folder"
                    + " that everybody may enter, such as /var/tmp/sandpiper");
        }
    }
}
