package dev.sandpiper.runtime.postgres;

import dev.sandpiper.schema.SchemaMigration;
import dev.sandpiper.testkit.TestDatabase;
import java.io.IOException;
import java.util.List;

/** A JVM of its own that migrates a database and says on its last line what came of it. */
final class MigrationProcess {
    private MigrationProcess() {}

    static Process start(TestDatabase database) throws IOException {
        String java = ProcessHandle.current().info().command().orElseThrow();
        return new ProcessBuilder(List.of(
                        java,
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        MigrationProcess.class.getName(),
                        database.jdbcUrl(),
                        database.user(),
                        database.password()))
                .redirectErrorStream(true)
                .start();
    }

    public static void main(String[] arguments) {
        boolean applied = SchemaMigration.migrate(arguments[0], arguments[1], arguments[2]);
        System.out.println(applied ? "applied" : "nothing to do");
    }
}
