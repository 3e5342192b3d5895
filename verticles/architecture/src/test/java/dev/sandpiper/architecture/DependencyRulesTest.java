package dev.sandpiper.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.sandpiper", importOptions = ImportOption.DoNotIncludeTests.class)
class DependencyRulesTest {
    private static final String[] FEATURES = {
        "dev.sandpiper.http..",
        "dev.sandpiper.sockets..",
        "dev.sandpiper.publisher..",
        "dev.sandpiper.feed..",
        "dev.sandpiper.retention..",
        "dev.sandpiper.topics..",
        "dev.sandpiper.deadletters..",
        "dev.sandpiper.consumers..",
        "dev.sandpiper.filters..",
        "dev.sandpiper.schedules..",
        "dev.sandpiper.tokens..",
        "dev.sandpiper.cells..",
        "dev.sandpiper.killswitch..",
        "dev.sandpiper.audit.."
    };

    @ArchTest
    static final ArchRule DOMAIN_IS_PURE = classes()
            .that()
            .resideInAPackage("dev.sandpiper.domain..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.sandpiper.domain..", "java..", "javax.crypto..", "org.jspecify..")
            .because("the domain must be usable and testable without any technology; put what needs Vert.x, NATS,"
                    + " Hazelcast, PostgreSQL or JSON into shared/runtime or shared/protocol");

    @ArchTest
    static final ArchRule PROTOCOL_KNOWS_NO_TRANSPORT = classes()
            .that()
            .resideInAPackage("dev.sandpiper.protocol..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "dev.sandpiper.protocol..",
                    "dev.sandpiper.domain..",
                    "com.fasterxml.jackson.core..",
                    "java..",
                    "org.jspecify..")
            .because(
                    "frames are the same on every transport and are replayed by SDKs; move what writes to a socket into"
                            + " verticles/sockets or verticles/http");

    @ArchTest
    static final ArchRule FEATURES_DO_NOT_IMPORT_EACH_OTHER = slices().matching(
                    "dev.sandpiper.(http|sockets|publisher|feed|topics|retention|deadletters|consumers|filters|schedules|cells|tokens|killswitch|audit)..")
            .should()
            .notDependOnEachOther()
            .because(
                    "features meet through the ports of shared/runtime or by bus message; if two need the same line, move"
                            + " it to shared/domain (pure) or shared/runtime");

    @ArchTest
    static final ArchRule SHARED_DOES_NOT_KNOW_FEATURES = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.sandpiper.domain..",
                    "dev.sandpiper.protocol..",
                    "dev.sandpiper.runtime..",
                    "dev.sandpiper.schema..",
                    "dev.sandpiper.services..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.sandpiper.http..",
                    "dev.sandpiper.sockets..",
                    "dev.sandpiper.publisher..",
                    "dev.sandpiper.feed..",
                    "dev.sandpiper.retention..",
                    "dev.sandpiper.topics..",
                    "dev.sandpiper.deadletters..",
                    "dev.sandpiper.consumers..",
                    "dev.sandpiper.filters..",
                    "dev.sandpiper.schedules..",
                    "dev.sandpiper.tokens..",
                    "dev.sandpiper.cells..",
                    "dev.sandpiper.killswitch..",
                    "dev.sandpiper.audit..",
                    "dev.sandpiper.embed..",
                    "dev.sandpiper.launcher..")
            .because("what is shared must not know who shares it; declare a port in shared/runtime and let"
                    + " verticles/embed hand the implementation in");

    @ArchTest
    static final ArchRule FEATURES_DO_NOT_KNOW_WHO_DEPLOYS_THEM = noClasses()
            .that()
            .resideInAnyPackage(FEATURES)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.sandpiper.embed..", "dev.sandpiper.launcher..", "dev.sandpiper.services..")
            .because("a feature takes its collaborators through its constructor; wire them in verticles/embed");

    @ArchTest
    static final ArchRule JNATS_STAYS_AT_ITS_EDGE = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "dev.sandpiper.runtime.nats..",
                    "dev.sandpiper.deadletters.nats..",
                    "dev.sandpiper.publisher..",
                    "dev.sandpiper.feed..",
                    "dev.sandpiper.retention.nats..",
                    "dev.sandpiper.*.nats..",
                    "dev.sandpiper.services..",
                    "dev.sandpiper.testkit..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.nats..")
            .because(
                    "the publisher is the only writer and the feed the only reader of events; ask their ports Publisher and"
                            + " Feed, or EventStore for health");

    @ArchTest
    static final ArchRule HAZELCAST_STAYS_AT_ITS_EDGE = noClasses()
            .that()
            .resideOutsideOfPackage("dev.sandpiper.runtime.cluster..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.hazelcast..", "io.vertx.spi.cluster.hazelcast..")
            .because(
                    "Hazelcast carries membership and the event bus and nothing else; its maps and locks are not safe in a"
                            + " partition. Use the bus, a PostgreSQL advisory lock or a JetStream expected sequence");

    @ArchTest
    static final ArchRule POSTGRESQL_STAYS_AT_ITS_EDGE = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "dev.sandpiper.runtime.postgres..",
                    "dev.sandpiper.runtime.auth..",
                    "dev.sandpiper.runtime.audit..",
                    "dev.sandpiper.retention.postgres..",
                    "dev.sandpiper.*.postgres..",
                    "dev.sandpiper.embed..",
                    "dev.sandpiper.schema..",
                    "dev.sandpiper.services..",
                    "dev.sandpiper.launcher..",
                    "dev.sandpiper.testkit..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx.pgclient..", "io.vertx.sqlclient..", "org.postgresql..", "java.sql..")
            .because(
                    "SQL lives in stores; give the feature a subpackage 'postgres' or extend the store in shared/runtime");

    @ArchTest
    static final ArchRule CEL_STAYS_AT_ITS_EDGE = noClasses()
            .that()
            .resideOutsideOfPackage("dev.sandpiper.filters..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.cel..")
            .because("what a filter may cost is decided in one place; ask the port EventFilters");

    @ArchTest
    static final ArchRule NO_CYCLES = slices().matching("dev.sandpiper.(**)")
            .should()
            .beFreeOfCycles()
            .because("a cycle is one module with two names");
}
