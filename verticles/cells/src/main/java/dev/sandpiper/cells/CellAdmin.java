package dev.sandpiper.cells;

import dev.sandpiper.cells.nats.TenantCopy;
import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.ConflictError.MoveRefused;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.audit.AuditOrigin;
import dev.sandpiper.runtime.nats.EventStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.List;

/** What operators decide about streams and tenants. Safe for use by several threads. */
public final class CellAdmin {
    private final Vertx vertx;
    private final Cells cells;
    private final MoveStore store;

    public CellAdmin(Vertx vertx, Cells cells, MoveStore store) {
        this.vertx = vertx;
        this.cells = cells;
        this.store = store;
    }

    StreamNames names() {
        return new StreamNames(cells.first().subjects().stream());
    }

    MoveStore store() {
        return store;
    }

    /** A tenant that has no place yet will have it there; another one can be moved. */
    Future<StreamRow> dedicate(StreamRow wanted, AuditOrigin by) {
        return store.dedicate(wanted, by).onSuccess(made -> cells.announce());
    }

    /** Fails with {@code RESOURCE_NOT_FOUND} or {@code MOVE_REFUSED}. */
    Future<Move> move(TenantId tenant, int target, AuditOrigin by) {
        return store.streams()
                .compose(streams -> {
                    check(streams, tenant, target);
                    return store.isKnown(tenant);
                })
                .compose(known -> known ? cells.cell(tenant) : Future.failedFuture(missing("tenant")))
                .compose(source -> {
                    if (source.number() == target) {
                        throw refused(MoveRefused.Reason.SAME_STREAM);
                    }
                    return obstacles(source.store(), tenant)
                            .compose(none -> store.begin(tenant, source.number(), target, by));
                })
                .onSuccess(begun -> cells.announce());
    }

    private static void check(List<StreamRow> streams, TenantId tenant, int target) {
        StreamRow wanted = streams.stream()
                .filter(stream -> stream.cell() == target)
                .findFirst()
                .orElseThrow(() -> missing("stream"));
        TenantId owner = wanted.tenant();
        if (owner != null && !owner.equals(tenant)) {
            throw refused(MoveRefused.Reason.FOREIGN_STREAM);
        }
    }

    /** Looked at again before the tenant arrives. */
    private Future<Void> obstacles(EventStore source, TenantId tenant) {
        Promise<Void> looked = ((ContextInternal) vertx.getOrCreateContext()).promise();
        // Looking is what takes requests one after the other: not for an event loop.
        Thread.ofVirtual().name("sandpiper-move-check").start(() -> {
            try {
                var copy = new TenantCopy(source, source, tenant);
                if (copy.hasConsumers()) {
                    looked.fail(refused(MoveRefused.Reason.CONSUMERS));
                } else if (copy.hasKeys()) {
                    looked.fail(refused(MoveRefused.Reason.REMEMBERED_KEYS));
                } else {
                    looked.complete();
                }
            } catch (RuntimeException e) {
                looked.fail(e);
            }
        });
        return looked.future();
    }

    private static PlatformException missing(String resource) {
        return new PlatformException(new ConflictError.ResourceNotFound(resource));
    }

    private static PlatformException refused(MoveRefused.Reason reason) {
        return new PlatformException(new MoveRefused(reason));
    }
}
