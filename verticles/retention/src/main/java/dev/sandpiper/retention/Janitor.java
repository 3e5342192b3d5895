package dev.sandpiper.retention;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.runtime.bus.Bus;
import dev.sandpiper.runtime.bus.BusAddresses;
import dev.sandpiper.runtime.events.TopicRules;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what is stored and removes what exceeds a limit, on the one node of the cluster that owns this work; the others try to
 * become it every few seconds. Everything happens on one virtual thread, one thing after the other: the looks at regular times
 * and what other nodes ask for by bus.
 *
 * <p>As long as there is no limit anywhere, and nobody asks for usage, it reads nothing.
 */
public final class Janitor {
    private static final Logger log = LoggerFactory.getLogger(Janitor.class);
    private static final Duration TAKEOVER = Duration.ofSeconds(2);
    private static final long WAIT_SECONDS = 60;

    private final RetentionConfig config;
    private final Ownership ownership;
    private final LimitStore limits;
    private final AllStreams work;
    private final BooleanSupplier rulesLimit;
    private final Bus bus;
    private final RetentionMetrics metrics;
    private final LinkedBlockingQueue<Task> tasks = new LinkedBlockingQueue<>();
    private final Promise<Void> ended = Promise.promise();
    private volatile boolean closed;

    // Of the janitor's thread.
    private @Nullable MessageConsumer<Object> requests;
    private Policies policies = Policies.NONE;
    private long checkedAt;
    private boolean failing;

    /** Something that was asked for by bus. */
    private record Task(JanitorRequest request, Promise<JanitorAnswer> answer) {}

    /** @param rulesLimit whether any topic may have a limit of its own; asked often, so it must be cheap */
    public Janitor(
            Vertx vertx,
            RetentionConfig config,
            EventLogs events,
            LimitStore limits,
            Ownership ownership,
            TopicRules rules,
            BooleanSupplier rulesLimit,
            MeterRegistry registry) {
        this.config = config;
        this.ownership = ownership;
        this.limits = limits;
        this.rulesLimit = rulesLimit;
        this.bus = JanitorClient.register(new Bus(vertx));
        this.metrics = new RetentionMetrics(registry);
        this.work = new AllStreams(events, rules, this::check, Clock.systemUTC());
    }

    public void start() {
        Thread.ofVirtual().name("sandpiper-janitor").start(this::run);
    }

    /** Ends after the step that it is at. */
    public Future<Void> close() {
        closed = true;
        tasks.add(new Task(JanitorRequest.of(JanitorRequest.Operation.LOOK), Promise.promise()));
        return ended.future();
    }

    private void run() {
        checkedAt = System.nanoTime();
        while (!closed) {
            Duration pause = TAKEOVER;
            try {
                if (own()) {
                    pause = config.interval();
                    look();
                    failing = false;
                }
            } catch (StaleDecisionException e) {
                log.atInfo().addKeyValue("reason", e.getMessage()).log("The janitor decides again");
                pause = Duration.ZERO;
            } catch (RuntimeException e) {
                broken(e);
            }
            serve(pause);
        }
        disown();
        ended.complete();
    }

    /** Whether this node is the janitor; when it has just become it, it begins to count anew. */
    private boolean own() {
        boolean mine = wait(ownership.acquire());
        if (mine && requests == null) {
            log.atInfo().log("This node is the janitor now");
            work.begin();
            requests = bus.serve(BusAddresses.JANITOR, JanitorRequest.class, this::asked);
            metrics.isJanitor(true);
        } else if (!mine) {
            disown();
        }
        return mine;
    }

    private void disown() {
        wait(ownership.release());
        MessageConsumer<Object> listening = requests;
        if (listening != null) {
            requests = null;
            metrics.isJanitor(false);
            wait(listening.unregister().otherwiseEmpty());
        }
    }

    /** On the context that registered it. */
    private Future<JanitorAnswer> asked(JanitorRequest request) {
        var task = new Task(request, Promise.promise());
        tasks.add(task);
        return task.answer().future();
    }

    /** Regular work. */
    private void look() {
        long start = System.nanoTime();
        refresh();
        boolean checking = start - checkedAt >= config.checkInterval().toNanos();
        if (Enforcement.isWanted(policies, rulesLimit.getAsBoolean())) {
            boolean exact = work.count();
            metrics.removed(work.enforce(policies));
            written(exact);
        }
        if (checking) {
            checkConsistency();
        }
        metrics.looked(System.nanoTime() - start);
    }

    private void refresh() {
        long version = wait(ownership.prove());
        // Plans change with tenants, which have no version here.
        if (version != policies.version()
                || policies.version() == 0
                || !config.plans().isEmpty()) {
            policies = wait(limits.load(config.plans()));
        }
    }

    private void written(boolean exact) {
        wait(ownership.save(work.snapshot(exact)));
        work.saved();
        metrics.counted(work.total());
    }

    private CheckReport checkConsistency() {
        checkedAt = System.nanoTime();
        CheckReport report = work.check(policies);
        metrics.checked(report);
        wait(ownership.save(report));
        if (report.isClean()) {
            log.atInfo()
                    .addKeyValue("events", report.events())
                    .addKeyValue("bytes", report.bytes())
                    .addKeyValue("marks", report.marks())
                    .log("Count, streams and trim marks agree");
        } else {
            log.atError()
                    .addKeyValue("findings", report.findings())
                    .addKeyValue("repaired", report.repaired())
                    .log("Count, streams and trim marks do not agree");
        }
        return report;
    }

    /** Does what is asked for, until it is time to look again. */
    private void serve(Duration pause) {
        long until = System.nanoTime() + pause.toNanos();
        while (!closed) {
            Task task;
            try {
                task = tasks.poll(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                closed = true;
                return;
            }
            if (task == null) {
                return;
            }
            if (task.request().operation() == JanitorRequest.Operation.LOOK) {
                task.answer().complete(JanitorAnswer.DONE);
                return;
            }
            try {
                task.answer().complete(answer(task.request()));
            } catch (RuntimeException e) {
                task.answer().fail(e);
                if (!(e instanceof StaleDecisionException)) {
                    broken(e);
                    return;
                }
            }
        }
    }

    private JanitorAnswer answer(JanitorRequest request) {
        if (!wait(ownership.acquire())) {
            throw new StaleDecisionException("this node is not the janitor any more");
        }
        refresh();
        return switch (request.operation()) {
            case LOOK -> JanitorAnswer.DONE;
            case COUNT -> {
                written(work.count());
                yield JanitorAnswer.DONE;
            }
            case PURGE -> purge(request);
            case CHECK -> JanitorAnswer.of(RetentionJson.check(checkConsistency()));
            case DESCRIBE -> JanitorAnswer.of(RetentionJson.streams(work.reports()));
        };
    }

    private JanitorAnswer purge(JanitorRequest request) {
        work.count();
        JanitorAnswer answer = work.purge(policies, request);
        if (!request.dryRun()) {
            metrics.removed(new Usage(answer.events(), answer.bytes()));
            written(work.count());
        }
        return answer;
    }

    /** Right before anything is removed. */
    private void check(long version) {
        if (closed) {
            throw new StaleDecisionException("this node is going away");
        }
        if (wait(ownership.prove()) != version) {
            throw new StaleDecisionException("something was decided since");
        }
    }

    /** Whoever cannot do the work leaves it to another. */
    private void broken(RuntimeException failure) {
        metrics.failed();
        boolean expected = failure instanceof PlatformException known && known.error() instanceof AvailabilityError;
        if (!expected) {
            log.atError().setCause(failure).log("The janitor's work was broken off");
        } else if (!failing) {
            log.atWarn().addKeyValue("reason", failure.getMessage()).log("The janitor's work was broken off");
        }
        failing = true;
        disown();
    }

    private static <T> T wait(Future<T> future) {
        try {
            return future.await(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new PlatformException(new AvailabilityError.DatabaseUnavailable(), e);
        }
    }
}
