package dev.sandpiper.cells;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.runtime.nats.EventStores;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams that this node has opened, and where the tenants are that it has met. In an installation with one stream nobody is
 * looked up: {@link #only()} is that stream. Otherwise a tenant's place is read from PostgreSQL when it is met first, given to it
 * then if it has none, and kept here; {@link CellNews} tells of changes. Safe for use by several threads.
 */
public final class Cells implements EventStores {
    private static final Logger log = LoggerFactory.getLogger(Cells.class);
    private static final long TICK_MILLIS = 100;
    private static final Future<Cell> NOT_THERE =
            Future.failedFuture(new PlatformException(new AvailabilityError.EventStoreUnavailable()));

    private final VertxInternal vertx;
    private final CellStore places;
    private final MoveStore moves;
    private final CellOpener opener;
    private final Cell first;
    private final CellNews news;
    private final Map<TenantId, Tenancy> tenancies = new ConcurrentHashMap<>();
    private final Map<TenantId, Future<Cell>> resolving = new ConcurrentHashMap<>();
    private final Set<Tenancy> waiting = ConcurrentHashMap.newKeySet();
    private final Map<Integer, Future<Cell>> opening = new ConcurrentHashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Map<Integer, Cell> opened;
    private volatile List<StreamRow> streams = List.of();
    private volatile @Nullable Cell only;
    private volatile long timer;

    /**
     * @param node this one's id
     * @param first the stream that every installation has
     * @param opener of all others
     */
    public Cells(
            Vertx vertx,
            String node,
            CellStore places,
            MoveStore moves,
            CellOpener opener,
            Cell first,
            CellsConfig config,
            MeterRegistry registry) {
        this.vertx = (VertxInternal) vertx;
        this.places = places;
        this.moves = moves;
        this.opener = opener;
        this.first = first;
        this.opened = Map.of(0, first);
        this.opening.put(0, Future.succeededFuture(first));
        this.news = new CellNews(vertx, node, places, config, this);
        Gauge.builder("sandpiper.cells.streams", this, cells -> cells.opened.size())
                .description("Event streams that this node has opened")
                .register(registry);
        Gauge.builder("sandpiper.cells.tenants", tenancies, Map::size)
                .description("Tenants whose stream this node has looked up; none while there is one stream")
                .register(registry);
        Gauge.builder("sandpiper.cells.waiting", waiting, Set::size)
                .description("Tenants whose publishes wait to be told where to go")
                .register(registry);
    }

    /** Succeeds also when PostgreSQL is away; it is asked until it answers, and until then nothing can be published. */
    public Future<Void> start() {
        timer = vertx.setPeriodic(TICK_MILLIS, id -> tick());
        return news.start();
    }

    public Future<Void> close() {
        vertx.cancelTimer(timer);
        return news.close();
    }

    /** Refuses new events in all streams; completes when none waits for its acknowledgement any more, or after a while. */
    public Future<Void> drain() {
        List<Future<Void>> draining = new ArrayList<>();
        for (Cell cell : opened.values()) {
            draining.add(cell.drain().run());
        }
        return Future.join(draining).mapEmpty();
    }

    /** The one stream of the installation; null when there are several, or when that is not known yet. */
    @Nullable
    Cell only() {
        return only;
    }

    @Override
    public EventStore first() {
        return first.store();
    }

    @Override
    public Future<EventStore> of(TenantId tenant) {
        return cell(tenant).map(Cell::store);
    }

    @Override
    public List<EventStore> all() {
        return opened.values().stream()
                .sorted(Comparator.comparingInt(Cell::number))
                .map(Cell::store)
                .toList();
    }

    @Override
    public List<String> missing() {
        Map<Integer, Cell> now = opened;
        return streams.stream()
                .map(StreamRow::cell)
                .filter(cell -> !now.containsKey(cell))
                .map(cell -> first.store().subjects().stream() + "-" + cell)
                .toList();
    }

    @Override
    public void onOpened(Runnable listener) {
        listeners.add(listener);
    }

    /** Where a tenant's events lie, if that is known already. */
    @Nullable
    Cell known(TenantId tenant) {
        Cell one = only;
        if (one != null) {
            return one;
        }
        Tenancy tenancy = tenancies.get(tenant);
        return tenancy == null ? null : tenancy.cell();
    }

    /** Where a tenant's events lie. Completes on the caller's context. */
    Future<Cell> cell(TenantId tenant) {
        ContextInternal context = vertx.getOrCreateContext();
        Cell known = known(tenant);
        if (known != null) {
            return context.succeededFuture(known);
        }
        Promise<Cell> promise = context.promise();
        resolve(tenant, tenancies.computeIfAbsent(tenant, any -> new Tenancy())).onComplete(promise);
        return promise.future();
    }

    /** Does something that writes into a tenant's stream, in the order of the calls. Completes on the caller's context. */
    <T> Future<T> write(TenantId tenant, Function<Cell, Future<T>> action) {
        Tenancy tenancy = tenancies.computeIfAbsent(tenant, any -> new Tenancy());
        if (tenancy.cell() == null) {
            resolve(tenant, tenancy);
        }
        Future<T> done = tenancy.write(vertx.getOrCreateContext(), action);
        if (tenancy.isWaiting()) {
            waiting.add(tenancy);
        }
        return done;
    }

    private void tick() {
        long now = System.nanoTime();
        waiting.removeIf(tenancy -> {
            tenancy.expire(now);
            return !tenancy.isWaiting();
        });
    }

    /** One question at a time for each tenant. */
    private Future<Cell> resolve(TenantId tenant, Tenancy tenancy) {
        Promise<Cell> promise = Promise.promise();
        Future<Cell> underWay = resolving.putIfAbsent(tenant, promise.future());
        if (underWay != null) {
            return underWay;
        }
        long begun = System.nanoTime();
        place(tenant)
                .compose(place -> opened(place.cell()).map(cell -> {
                    tenancy.decided(place, cell);
                    return cell;
                }))
                .onComplete(result -> {
                    resolving.remove(tenant, promise.future());
                    if (result.succeeded()) {
                        promise.complete(result.result());
                    } else {
                        Throwable cause = result.cause();
                        PlatformException failure = cause instanceof PlatformException known
                                ? known
                                : new PlatformException(new AvailabilityError.Internal(), cause);
                        tenancy.refuse(begun, failure.error());
                        promise.fail(failure);
                    }
                });
        return promise.future();
    }

    private Future<Place> place(TenantId tenant) {
        if (streams.isEmpty()) {
            return Future.failedFuture(new PlatformException(new AvailabilityError.DatabaseUnavailable()));
        }
        return places.find(tenant)
                .compose(found -> found.isPresent()
                        ? Future.succeededFuture(found.get())
                        : choose(tenant).compose(cell -> places.place(tenant, cell)));
    }

    /** Of a tenant that has no place: it has never published, or did so before there was a second stream. */
    private Future<Integer> choose(TenantId tenant) {
        List<Integer> shared = new ArrayList<>();
        for (StreamRow stream : streams) {
            if (stream.tenant() == null && stream.usable()) {
                shared.add(stream.cell());
            }
        }
        return places.isOlderThanGrowth(tenant)
                .compose(older -> older
                        ? Future.succeededFuture(0)
                        // Applications that embed a node may use tenants that the database does not know.
                        : first.store()
                                .readLast(first.store().subjects().storedOf(tenant))
                                .map(event -> event != null ? 0 : Rendezvous.choose(tenant, shared)));
    }

    private Future<Cell> opened(int number) {
        Cell cell = opened.get(number);
        if (cell != null) {
            return Future.succeededFuture(cell);
        }
        // Made by another node, perhaps a moment ago.
        return news.ask().compose(asked -> opening.getOrDefault(number, NOT_THERE));
    }

    // What CellNews tells; on its context.

    /** All streams that there are. Completes when those that are new are open, or cannot be opened. */
    Future<Void> streamsAre(List<StreamRow> now) {
        streams = now;
        only = now.size() == 1 ? first : null;
        if (now.size() > 1) {
            opened.values().forEach(cell -> cell.store().codec().expectMoved());
        }
        List<Future<Cell>> fresh = new ArrayList<>();
        for (StreamRow stream : now) {
            if (!opening.containsKey(stream.cell())) {
                fresh.add(open(stream));
            }
        }
        return Future.join(fresh).<Void>mapEmpty().otherwiseEmpty();
    }

    private Future<Cell> open(StreamRow stream) {
        Promise<Cell> promise = Promise.promise();
        opening.put(stream.cell(), promise.future());
        opener.open(stream).onComplete(result -> {
            if (result.succeeded()) {
                Cell cell = result.result();
                cell.store().codec().expectMoved();
                synchronized (this) {
                    Map<Integer, Cell> more = new HashMap<>(opened);
                    more.put(stream.cell(), cell);
                    opened = Map.copyOf(more);
                }
                promise.complete(cell);
                listeners.forEach(Runnable::run);
            } else {
                log.atError()
                        .addKeyValue("cell", stream.cell())
                        .setCause(result.cause())
                        .log("An event stream cannot be opened; trying again");
                // The next look begins anew.
                opening.remove(stream.cell(), promise.future());
                promise.fail(new PlatformException(new AvailabilityError.EventStoreUnavailable(), result.cause()));
            }
        });
        return promise.future();
    }

    /** Completes once nothing of the tenant is under way that its place does not allow any more. */
    Future<Void> placeIs(Place place) {
        Tenancy tenancy = tenancies.get(place.tenant());
        if (tenancy == null) {
            return Future.succeededFuture();
        }
        Cell before = tenancy.cell();
        Cell now = opened.get(place.cell());
        tenancy.decided(place, now);
        if (before != null && !before.equals(now)) {
            before.endReading().accept(place.tenant());
        }
        return place.fenced() ? tenancy.quiet() : Future.succeededFuture();
    }

    /** Something was decided about streams or places. */
    void announce() {
        news.announce();
    }

    /** Null when this node has not opened it. */
    @Nullable
    EventStore openedStore(int number) {
        Cell cell = opened.get(number);
        return cell == null ? null : cell.store();
    }

    /** By which a tenant came where it is, the first one first. */
    Future<List<Move>> moves(TenantId tenant) {
        Promise<List<Move>> promise = vertx.getOrCreateContext().promise();
        tenancies
                .computeIfAbsent(tenant, any -> new Tenancy())
                .moves(() -> moves.of(tenant)
                        .map(found -> found.stream()
                                .filter(move -> move.passage() != null)
                                .sorted(Comparator.comparingLong(Move::id))
                                .toList()))
                .onComplete(promise);
        return promise.future();
    }
}
