package dev.sandpiper.runtime.postgres;

import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.VertxWrapper;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.impl.PgConnectionFactory;
import io.vertx.pgclient.spi.PgDriver;
import io.vertx.sqlclient.spi.ConnectionFactory;

/**
 * Vert.x's driver, with the transport options heeded. That of Vert.x 5.0.8 takes them and then connects with the defaults, so
 * that without this no connection to a silent server would ever end, and soon the whole pool would hang on such.
 */
final class TimedDriver extends PgDriver {
    @Override
    public ConnectionFactory<PgConnectOptions> createConnectionFactory(Vertx vertx, NetClientOptions options) {
        return new PgConnectionFactory(new VertxWrapper((VertxInternal) vertx) {
            @Override
            public NetClient createNetClient(NetClientOptions defaults) {
                return super.createNetClient(options);
            }
        });
    }
}
