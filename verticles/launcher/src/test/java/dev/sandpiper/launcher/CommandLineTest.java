package dev.sandpiper.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.launcher.Cli.Outcome;
import dev.sandpiper.services.FreePorts;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
    @TempDir
    private Path folder;

    private Cli cli;

    @BeforeEach
    void commandLine() {
        cli = Cli.in(folder);
    }

    @Test
    void withoutACommandItSaysWhatThereIs() {
        Outcome outcome = cli.run();
        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err())
                .contains(
                        "dev",
                        "node",
                        "publish",
                        "transaction",
                        "subscribe",
                        "schedule",
                        "keys",
                        "consumers",
                        "dead-letters",
                        "topics",
                        "bench",
                        "doctor",
                        "version",
                        "help",
                        "completion");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense",
                "dev --nonsense",
                "dev --nodes=0",
                "dev --nodes=3 --port=9089 --management-port=9090",
                "dev --port=70000",
                "publish",
                "publish topic hello --api-key=sp_x",
                "publish topic 1 --url=nowhere --api-key=sp_x",
                "publish topic 1",
                "publish topic - --deliver-at=2099-01-31T09:00:00Z --api-key=sp_x",
                "publish topic - --if-last-cursor=x --api-key=sp_x",
                "transaction",
                "transaction orders --api-key=sp_x",
                "schedule show --api-key=sp_x",
                "schedule cancel --api-key=sp_x",
                "subscribe --api-key=sp_x",
                "keys create --api-key=sp_x",
                "consumers create orders --api-key=sp_x",
                "consumers create --topics=orders --api-key=sp_x",
                "consumers create orders --topics=orders --max-deliver=often --api-key=sp_x",
                "consumers delete --api-key=sp_x",
                "consumers reset billing --api-key=sp_x",
                "consumers reset billing --to=first --api-key=sp_x",
                "consumers fetch billing --batch=many --api-key=sp_x",
                "dead-letters list --limit=0 --api-key=sp_x",
                "dead-letters show --api-key=sp_x",
                "dead-letters redrive --all --api-key=sp_x",
                "dead-letters redrive --to=mars --all --api-key=sp_x",
                "dead-letters redrive --to=topic --api-key=sp_x",
                "dead-letters discard --api-key=sp_x",
                "dead-letters discard x --topic=orders --api-key=sp_x",
                "topics set --api-key=sp_x",
                "topics get --api-key=sp_x",
                "topics set t --ttl",
                "bench",
                "bench fanout",
                "bench fanout --key=sp_x --duration=soon",
                "bench fanout --key=sp_x --protocol=smoke",
                "bench idle --key=sp_x --url=https://127.0.0.1"
            })
    void wrongUseEndsWithTwoAndASentence(String arguments) {
        Outcome outcome = cli.run(arguments.split(" "));
        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).isNotBlank().doesNotContain("Exception");
        assertThat(outcome.out()).isEmpty();
    }

    @Test
    void helpAndVersionAndCompletionAreAnswers() {
        for (List<String> arguments : List.of(
                List.of("help"), List.of("--help"), List.of("help", "dev"), List.of("version"), List.of("--version"))) {
            Outcome outcome = cli.run(arguments.toArray(String[]::new));
            assertThat(outcome.exitCode()).isZero();
            assertThat(outcome.out()).contains("andpiper");
        }
        Outcome completion = cli.run("completion");
        assertThat(completion.exitCode()).isZero();
        assertThat(completion.out()).startsWith("#!").contains("complete -F").contains("subscribe");
    }

    @Test
    void theDoctorLooksAtEverythingAndSaysWhatToDo() {
        Outcome outcome = cli.with("SANDPIPER_URL", "http://127.0.0.1:" + FreePorts.next())
                .run("doctor");
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.out())
                .contains("Java", "kernel", "transport", "descriptors", "port 8080", "PostgreSQL", "NATS")
                .contains("→ Start it, or correct or unset SANDPIPER_URL.");
        assertThat(cli.run("doctor").exitCode()).isZero();
    }

    @Test
    void aServerThatIsNotThereIsASentence() {
        Cli nowhere = cli.with("SANDPIPER_URL", "http://127.0.0.1:" + FreePorts.next())
                .with("SANDPIPER_KEY", "sp_x");
        for (List<String> command : List.of(
                List.of("publish", "x", "1"),
                List.of("subscribe", "x"),
                List.of("keys", "list"),
                List.of("consumers", "lag"),
                List.of("dead-letters", "list"))) {
            Outcome outcome = nowhere.run(command.toArray(String[]::new));
            assertThat(outcome.exitCode()).isEqualTo(1);
            assertThat(outcome.err()).contains("Nothing answers at").contains("sandpiper dev");
        }
    }

    @Test
    void aNodeReportsEveryFaultOfItsConfigurationAtOnce() {
        Outcome outcome = cli.with("SANDPIPER_HTTP_PORT", "many")
                .with("SANDPIPER_SECRET", "too short and secret")
                .with("SANDPIPER_HTPP_HOST", "0.0.0.0")
                .run("node", "--roles=cook");
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.err())
                .contains("SANDPIPER_HTTP_PORT", "SANDPIPER_SECRET", "SANDPIPER_DATABASE_URL", "SANDPIPER_ROLES")
                .contains("SANDPIPER_HTPP_HOST is not a setting")
                .doesNotContain("too short and secret");
    }

    @Test
    void theDataFolderOfAnotherPostgresIsLeftAlone() throws IOException {
        Path data = Files.createDirectory(folder.resolve("theirs"));
        Files.writeString(data.resolve("PG_VERSION"), "16\n");
        Outcome outcome = cli.run(
                "dev",
                "--fresh",
                "--data=" + data,
                "--port=" + FreePorts.next(),
                "--management-port=" + FreePorts.next());
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.err()).contains("another PostgreSQL").contains("--data");
        assertThat(data.resolve("PG_VERSION")).exists();
    }

    @Test
    void freshDoesNotDeleteWhatSomebodyElseMade() throws IOException {
        Path data = folder.resolve("theirs");
        Files.createDirectories(data.resolve("logs"));
        Outcome outcome = cli.run("dev", "--fresh", "--data=" + data);
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.err()).contains("--fresh").contains("--data");
        assertThat(data.resolve("logs")).exists();
    }

    @Test
    void aFileIsNoDataFolder() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        Outcome outcome = cli.run("dev", "--data=" + file);
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.err()).contains("is a file");
    }

    @Test
    void anOldNatsServerIsNamedWithItsVersionAndNothingIsLeftRunning() throws Exception {
        try (ServerSocket old = new ServerSocket(0)) {
            Thread.ofVirtual().start(() -> greet(old));
            Cli.Running running = cli.with("SANDPIPER_NATS_URL", "nats://127.0.0.1:" + old.getLocalPort())
                    .start(
                            "",
                            "dev",
                            "--data=" + folder.resolve("data"),
                            "--port=" + FreePorts.next(),
                            "--management-port=" + FreePorts.next());
            Outcome outcome = running.outcome();
            assertThat(outcome.exitCode()).isEqualTo(1);
            assertThat(outcome.err()).contains("version 2.9.10").contains("2.12 or newer");
            long postgres = Long.parseLong(
                    Files.readString(folder.resolve("data/processes")).split(" ")[0]);
            assertThat(ProcessHandle.of(postgres)).isEmpty();
        }
    }

    private static void greet(ServerSocket server) {
        try (Socket client = server.accept()) {
            client.getOutputStream()
                    .write("INFO {\"server_id\":\"X\",\"version\":\"2.9.10\",\"jetstream\":true}\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
