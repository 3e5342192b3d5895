package dev.sandpiper.audit.postgres;

import dev.sandpiper.audit.Ownership;
import dev.sandpiper.runtime.postgres.AdvisoryLock;
import dev.sandpiper.runtime.postgres.Database;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** {@link Ownership} by an advisory lock. */
public final class PostgresOwnership implements Ownership {
    /** "notary" in ASCII. */
    private static final long LOCK = 0x6e6f74617279L;

    private final Database database;
    private volatile @Nullable AdvisoryLock lock;

    public PostgresOwnership(Database database) {
        this.database = database;
    }

    @Override
    public Future<Boolean> acquire() {
        AdvisoryLock held = lock;
        if (held != null && !held.isLost()) {
            return Future.succeededFuture(true);
        }
        return database.lock(LOCK).map(taken -> {
            lock = taken;
            return taken != null;
        });
    }

    @Override
    public Future<Void> release() {
        AdvisoryLock held = lock;
        lock = null;
        return held == null ? Future.succeededFuture() : held.release();
    }
}
