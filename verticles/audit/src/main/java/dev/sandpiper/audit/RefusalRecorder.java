package dev.sandpiper.audit;

import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.audit.AuditActor;
import dev.sandpiper.runtime.audit.AuditEntry;
import dev.sandpiper.runtime.audit.AuditJournal;
import dev.sandpiper.runtime.audit.AuditOrigin;
import dev.sandpiper.runtime.audit.AuditTarget;
import dev.sandpiper.runtime.audit.Refusals;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link Refusals} that end in the trail. Requests of one caller that were refused for the same reason on the same route are one
 * entry with a count. The first is written within a second; as long as they keep coming, four times as much time passes before each
 * further entry, up to ten minutes. So a flood costs a handful of entries an hour, and memory for a fixed number of kinds.
 */
public final class RefusalRecorder implements Refusals {
    private static final Logger log = LoggerFactory.getLogger(RefusalRecorder.class);
    private static final long TICK_MILLIS = 500;
    private static final Duration FIRST = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final int SLOWER = 4;

    /** Kinds of refusals that a node tells apart; what is more goes into one entry. */
    static final int MOST_KINDS = 512;

    private static final int MOST_ADDRESSES = 8;
    private static final String OTHERS = "OTHERS";

    private final Vertx vertx;
    private final AuditJournal writer;
    private final AuditMetrics metrics;
    private final Clock clock;
    private final int perTick;
    private final Map<Kind, Gathered> kinds = new LinkedHashMap<>();
    private final long timer;
    private boolean writing;
    private boolean failing;

    private record Kind(
            AuditActor actor,
            @Nullable TenantId tenant,
            @Nullable ProjectId project,
            String code,
            String route) {}

    /** An entry on its way to the trail. */
    private record Due(Kind kind, long count, AuditEntry entry) {}

    /** Those of one kind that are not written yet. */
    private static final class Gathered {
        final Set<String> addresses = new LinkedHashSet<>();
        String requestId = "";
        long count;
        long first;
        long last;
        long due;
        Duration window = FIRST;
    }

    public RefusalRecorder(Vertx vertx, AuditJournal writer, AuditService service, AuditConfig config) {
        this(vertx, writer, service.metrics(), config, Clock.systemUTC());
    }

    RefusalRecorder(Vertx vertx, AuditJournal writer, AuditMetrics metrics, AuditConfig config, Clock clock) {
        this.vertx = vertx;
        this.writer = writer;
        this.metrics = metrics;
        this.clock = clock;
        this.perTick = Math.max(1, (int) (config.writes() * TICK_MILLIS / 1_000));
        this.timer = vertx.setPeriodic(TICK_MILLIS, id -> tick());
    }

    @Override
    public synchronized void refused(Refusal refusal) {
        metrics.refused();
        long now = clock.millis();
        Kind kind = kind(refusal);
        if (!kinds.containsKey(kind) && kinds.size() >= MOST_KINDS) {
            kind = new Kind(AuditActor.NOBODY, null, null, OTHERS, "");
        }
        Gathered one = kinds.computeIfAbsent(kind, any -> new Gathered());
        if (one.count == 0) {
            one.first = now;
            one.requestId = refusal.requestId();
            one.due = Math.max(one.due, now + FIRST.toMillis());
        }
        one.count++;
        one.last = now;
        if (one.addresses.size() <= MOST_ADDRESSES) {
            one.addresses.add(refusal.address());
        }
    }

    private static Kind kind(Refusal refusal) {
        Principal who = refusal.who();
        return who == null
                ? new Kind(AuditActor.NOBODY, null, null, refusal.code(), refusal.route())
                : new Kind(AuditActor.of(who), who.tenant(), who.project(), refusal.code(), refusal.route());
    }

    /** Writes down what was gathered. */
    public Future<Void> close() {
        vertx.cancelTimer(timer);
        List<Due> rest;
        synchronized (this) {
            rest = take(Long.MAX_VALUE, MOST_KINDS + 1);
        }
        return write(rest, 0).otherwiseEmpty();
    }

    /** Whether the last try to write was in vain. */
    synchronized boolean failing() {
        return failing;
    }

    private void tick() {
        List<Due> due;
        synchronized (this) {
            if (writing) {
                return;
            }
            due = take(clock.millis(), perTick);
            if (due.isEmpty()) {
                return;
            }
            writing = true;
        }
        write(due, 0).onComplete(done -> {
            synchronized (this) {
                writing = false;
            }
            told(done.cause());
        });
    }

    private Future<Void> write(List<Due> entries, int from) {
        if (from == entries.size()) {
            return Future.succeededFuture();
        }
        return writer.write(entries.get(from).entry())
                .onFailure(e -> giveBack(entries.subList(from, entries.size())))
                .compose(done -> {
                    metrics.written();
                    return write(entries, from + 1);
                });
    }

    /** What could not be written is written with what comes next. */
    private synchronized void giveBack(List<Due> entries) {
        for (Due one : entries) {
            Gathered gathered = kinds.computeIfAbsent(one.kind(), any -> new Gathered());
            if (gathered.count == 0) {
                gathered.first = clock.millis();
                gathered.last = gathered.first;
                gathered.requestId = one.entry().origin().requestId();
                gathered.addresses.add(one.entry().origin().address());
            }
            gathered.count += one.count();
        }
    }

    private synchronized void told(@Nullable Throwable failure) {
        if (failure != null && !failing) {
            metrics.failed();
            log.atWarn()
                    .addKeyValue("reason", String.valueOf(failure))
                    .log("Refused requests cannot be written to the audit trail");
        }
        failing = failure != null;
    }

    private List<Due> take(long now, int limit) {
        List<Due> due = new ArrayList<>();
        List<Map.Entry<Kind, Gathered>> all = new ArrayList<>(kinds.entrySet());
        all.sort(Comparator.comparingLong(entry -> entry.getValue().due));
        for (Map.Entry<Kind, Gathered> entry : all) {
            Gathered one = entry.getValue();
            if (one.due > now || due.size() == limit) {
                break;
            }
            if (one.count == 0) {
                // Quiet for as long as the next entry would have had to wait.
                kinds.remove(entry.getKey());
                continue;
            }
            due.add(new Due(entry.getKey(), one.count, entry(entry.getKey(), one)));
            one.count = 0;
            one.addresses.clear();
            Duration longer = one.window.multipliedBy(SLOWER);
            one.window = longer.compareTo(LONGEST) < 0 ? longer : LONGEST;
            one.due = now == Long.MAX_VALUE ? now : now + one.window.toMillis();
        }
        return due;
    }

    private static AuditEntry entry(Kind kind, Gathered one) {
        List<String> addresses = List.copyOf(one.addresses);
        var told = new JsonObject()
                .put("code", kind.code())
                .put("route", kind.route())
                .put("count", one.count)
                .put("first", Instant.ofEpochMilli(one.first).toString())
                .put("last", Instant.ofEpochMilli(one.last).toString());
        if (addresses.size() > 1) {
            told.put("addresses", new JsonArray(addresses.subList(0, Math.min(MOST_ADDRESSES, addresses.size()))))
                    .put("more_addresses", addresses.size() > MOST_ADDRESSES);
        }
        var target = new AuditTarget(kind.tenant(), kind.project(), "route", kind.route());
        var origin = new AuditOrigin(kind.actor(), one.requestId, addresses.isEmpty() ? "" : addresses.getFirst());
        return new AuditEntry(origin, target, "access.refused", null, told, false);
    }
}
