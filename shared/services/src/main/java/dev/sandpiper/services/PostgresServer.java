package dev.sandpiper.services;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A real PostgreSQL as a child process on 127.0.0.1, which ends when this JVM does.
 *
 * <p>It has a superuser {@code postgres} and an ordinary role {@code sandpiper}, which owns the databases made here; both
 * have the same generated password, kept in the server's folder.
 */
public final class PostgresServer implements AutoCloseable {
    public static final String USER = "sandpiper";
    public static final String PLAIN_TEMPLATE = "template1";

    private static final String SUPERUSER = "postgres";
    private static final String NODE_ROLE = "sandpiper_node";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final PostgresOptions options;
    private final PostgresFolder folder;
    private final Path binaries;
    private final Account account;
    private final String password;
    private int port;
    private ChildProcess process;

    private PostgresServer(
            PostgresOptions options, PostgresFolder folder, Path binaries, Account account, String password) {
        this.options = options;
        this.folder = folder;
        this.binaries = binaries;
        this.account = account;
        this.password = password;
        this.port = options.port();
        this.process = launch();
    }

    /**
     * Returns when it answers.
     *
     * @throws ServiceFailure saying what to do
     */
    public static PostgresServer start(PostgresOptions options) {
        return start(options, Account.choose());
    }

    static PostgresServer start(PostgresOptions options, Account account) {
        PostgresFolder folder = PostgresFolder.open(options.folder());
        Path binaries = PostgresBinaries.locate(binariesCache(account), options.progress());
        try {
            String password = folder.password();
            account.own(options.folder());
            if (folder.isEmpty()) {
                options.progress().say("Making a PostgreSQL database in " + options.folder());
                folder.initialise(binaries, account);
            }
            return new PostgresServer(options, folder, binaries, account, password);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot prepare the folder " + options.folder(), e);
        }
    }

    /**
     * Which PostgreSQL would be started here, and as whom; starts nothing.
     *
     * @throws ServiceFailure when none can be, saying what to do
     */
    public static String describeBundled() {
        Account account = Account.choose();
        return "bundled, version " + PostgresBinaries.version() + account.describe();
    }

    /** Another account cannot look into root's home. */
    private static Path binariesCache(Account account) {
        return account.isOther() ? Path.of("/var/tmp/sandpiper-cache") : Folders.cache();
    }

    public int port() {
        return port;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public String user() {
        return USER;
    }

    public String password() {
        return password;
    }

    /** Without credentials. */
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    /** With credentials, as {@code SANDPIPER_DATABASE_URL} takes it. */
    public String url(String database) {
        return "postgresql://" + USER + ":" + password + "@127.0.0.1:" + port + "/" + database;
    }

    /**
     * Makes the database, owned by {@link #USER}, unless it is there already.
     *
     * @param template the database to copy; PostgreSQL's own is {@link #PLAIN_TEMPLATE}
     */
    public void createDatabase(String name, String template) {
        asSuperuser(statement -> {
            try (ResultSet found =
                    statement.executeQuery("SELECT 1 FROM pg_database WHERE datname = '" + identifier(name) + "'")) {
                if (found.next()) {
                    return;
                }
            }
            statement.execute(
                    "CREATE DATABASE " + identifier(name) + " OWNER " + USER + " TEMPLATE " + identifier(template));
        });
    }

    public void dropDatabase(String name) {
        asSuperuser(statement -> statement.execute("DROP DATABASE IF EXISTS " + identifier(name) + " WITH (FORCE)"));
    }

    /** Completes with the exit code when the process that runs now has ended, for whatever reason. */
    public CompletableFuture<Integer> onExit() {
        return process.onExit();
    }

    /** As {@code kill -9}. */
    public void kill() {
        process.kill();
    }

    /** Ends every session and writes everything down first. */
    public void stop() {
        process.stop(PATIENCE);
    }

    /** It keeps its connections and accepts new ones, but answers nothing. */
    public void pause() {
        signalAll(ChildSpec.Signal.STOP);
    }

    public void resume() {
        signalAll(ChildSpec.Signal.CONT);
    }

    /** On the same port, with what was stored. Stops it first when it runs. */
    public void restart() {
        stop();
        process = launch();
    }

    @Override
    public void close() {
        stop();
    }

    private void signalAll(ChildSpec.Signal signal) {
        List<ProcessHandle> sessions = ProcessHandle.of(pid()).stream()
                .flatMap(ProcessHandle::children)
                .toList();
        process.signal(signal);
        for (ProcessHandle session : sessions) {
            Commands.run(PATIENCE, "sh", "-c", "kill -s " + signal + " " + session.pid() + " || true");
        }
    }

    private ChildProcess launch() {
        Instant deadline = Instant.now().plusSeconds(30);
        while (true) {
            int candidate = port == 0 ? FreePorts.next() : port;
            FreePorts.require("PostgreSQL", candidate);
            long logged = folder.logSize();
            ChildProcess child = ChildProcess.start(new ChildSpec(
                    account.run(command(candidate)),
                    Map.of("LC_ALL", "C", "TZ", "UTC"),
                    folder.log(),
                    ChildSpec.Signal.INT));
            String fault = awaitAnswer(child, candidate, deadline);
            if (fault.isEmpty()) {
                port = candidate;
                return child;
            }
            child.kill();
            String reason = folder.faultSince(logged);
            // Somebody took the port after it was found free.
            boolean portTaken = reason.contains("could not create any TCP/IP sockets");
            // After kill -9 the sessions of the former server need a moment to notice; they say so in the same log.
            boolean leftovers = reason.contains("is still in use")
                    || reason.contains("lock file")
                    || reason.contains("unexpected postmaster exit");
            if (((portTaken && port == 0) || leftovers) && Instant.now().isBefore(deadline)) {
                continue;
            }
            throw new ServiceFailure("PostgreSQL did not start: " + (reason.isEmpty() ? fault : reason) + " (log: "
                    + folder.log() + ")");
        }
    }

    private List<String> command(int candidate) {
        List<String> command = new ArrayList<>(List.of(
                binaries.resolve("bin/postgres").toString(), "-D", folder.data().toString()));
        command.addAll(List.of("-p", Integer.toString(candidate), "-c", "listen_addresses=127.0.0.1"));
        command.addAll(List.of("-c", "unix_socket_directories=", "-c", "max_connections=200", "-c", "timezone=UTC"));
        if (!options.durable()) {
            command.addAll(List.of("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"));
        }
        return command;
    }

    /** Empty when it answers, otherwise what is wrong. */
    private String awaitAnswer(ChildProcess child, int candidate, Instant deadline) {
        String url = "jdbc:postgresql://127.0.0.1:" + candidate + "/postgres";
        while (true) {
            try (Connection connection = DriverManager.getConnection(url, SUPERUSER, password);
                    Statement statement = connection.createStatement()) {
                createRoles(statement);
                return "";
            } catch (SQLException e) {
                if ("28P01".equals(e.getSQLState())) {
                    return "it does not accept the password kept in " + options.folder();
                }
                if (Instant.now().isAfter(deadline)) {
                    return "it did not answer in time: " + e.getMessage();
                }
            }
            if (child.awaitExit(Duration.ofMillis(15))) {
                return "it ended with exit code " + child.exitCode();
            }
        }
    }

    /** The owner of databases, and the role that nodes work in, which an ordinary owner could not make. */
    private void createRoles(Statement statement) throws SQLException {
        createRole(statement, USER, " LOGIN PASSWORD '" + password + "'");
        createRole(statement, NODE_ROLE, " NOLOGIN");
        statement.execute("GRANT " + NODE_ROLE + " TO " + USER);
    }

    private static void createRole(Statement statement, String name, String options) throws SQLException {
        try (ResultSet found = statement.executeQuery("SELECT 1 FROM pg_roles WHERE rolname = '" + name + "'")) {
            if (found.next()) {
                return;
            }
        }
        statement.execute("CREATE ROLE " + name + options);
    }

    private interface Work {
        void on(Statement statement) throws SQLException;
    }

    private void asSuperuser(Work work) {
        try (Connection connection = DriverManager.getConnection(jdbcUrl("postgres"), SUPERUSER, password);
                Statement statement = connection.createStatement()) {
            work.on(statement);
        } catch (SQLException e) {
            throw new ServiceFailure("PostgreSQL refused: " + e.getMessage(), e);
        }
    }

    private static String identifier(String name) {
        if (!name.matches("[a-z_][a-z0-9_]{0,62}")) {
            throw new IllegalArgumentException("Not a plain database name: " + name);
        }
        return name;
    }
}
