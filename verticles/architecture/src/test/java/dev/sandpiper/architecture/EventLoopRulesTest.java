package dev.sandpiper.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.sql.Connection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Lock;

/** What would stop an event loop must not be reachable from code that runs on one. */
@AnalyzeClasses(packages = "dev.sandpiper", importOptions = ImportOption.DoNotIncludeTests.class)
class EventLoopRulesTest {
    private static final String[] ON_EVENT_LOOPS = {
        "dev.sandpiper.http..",
        "dev.sandpiper.sockets..",
        "dev.sandpiper.publisher..",
        "dev.sandpiper.feed..",
        "dev.sandpiper.topics..",
        "dev.sandpiper.deadletters..",
        "dev.sandpiper.filters..",
        "dev.sandpiper.runtime.auth..",
        "dev.sandpiper.runtime.bus..",
        "dev.sandpiper.runtime.events.."
    };

    @ArchTest
    static final ArchRule NO_SLEEP = noClasses()
            .that()
            .resideInAnyPackage(ON_EVENT_LOOPS)
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .because("it stops every client of the loop; use vertx.setTimer");

    @ArchTest
    static final ArchRule NO_AWAIT = noClasses()
            .that()
            .resideInAnyPackage(ON_EVENT_LOOPS)
            .should()
            .callMethod(Future.class, "await")
            .orShould()
            .callMethod(CompletableFuture.class, "get")
            .orShould()
            .callMethod(CompletableFuture.class, "join")
            .orShould()
            .callMethod(CountDownLatch.class, "await")
            .because("it stops every client of the loop; compose the future instead, on its own context");

    @ArchTest
    static final ArchRule NO_JDBC = noClasses()
            .that()
            .resideInAnyPackage(ON_EVENT_LOOPS)
            .should()
            .dependOnClassesThat()
            .areAssignableTo(Connection.class)
            .because("JDBC blocks; use the reactive pool of shared/runtime");

    @ArchTest
    static final ArchRule NO_BLOCKING_NATS = noClasses()
            .that()
            .resideInAnyPackage(ON_EVENT_LOOPS)
            .should()
            .callMethodWhere(describe(
                    "it is a call of the blocking JetStream API",
                    call -> call.getTargetOwner().isAssignableTo("io.nats.client.JetStream")
                            || call.getTargetOwner().isAssignableTo("io.nats.client.JetStreamManagement")))
            .because("these calls wait for the server; send a core request through EventStore and take its future");

    @ArchTest
    static final ArchRule NO_LOCK_WAITING = noClasses()
            .that()
            .resideInAnyPackage(ON_EVENT_LOOPS)
            .should()
            .callMethod(Lock.class, "lock")
            .because(
                    "another thread may hold it for long; confine the state to one loop and hand events over by queue");

    @ArchTest
    static final ArchRule FUTURES_ARE_RETURNED = noMethods()
            .that()
            .areDeclaredInClassesThat()
            .resideInAPackage("dev.sandpiper..")
            .and()
            .arePublic()
            .should()
            .haveRawParameterTypes(describe(
                    "one is a Promise", types -> types.stream().anyMatch(type -> type.isEquivalentTo(Promise.class))))
            .because("a method returns its Future; a Promise parameter is a callback in disguise");
}
