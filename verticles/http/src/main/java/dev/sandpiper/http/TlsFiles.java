package dev.sandpiper.http;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A certificate and its key, read again when their files change. New connections then use the new ones; open ones go on. As
 * long as the new files do not fit together, the old ones stay in use.
 */
final class TlsFiles implements Handler<Long> {
    private static final Logger LOG = LoggerFactory.getLogger(TlsFiles.class);

    private record Content(Buffer certificate, Buffer key) {
        PemKeyCertOptions options() {
            return new PemKeyCertOptions().addCertValue(certificate).addKeyValue(key);
        }
    }

    private final Vertx vertx;
    private final HttpConfig.Tls config;
    private @Nullable Content current;
    private @Nullable HttpServer server;
    private boolean busy;

    TlsFiles(Vertx vertx, HttpConfig.Tls config) {
        this.vertx = vertx;
        this.config = config;
    }

    /** Fails when the files cannot be read. */
    Future<PemKeyCertOptions> load() {
        return read().map(content -> {
            current = content;
            return content.options();
        });
    }

    void watch(HttpServer listening) {
        server = listening;
        vertx.setPeriodic(config.reload().toMillis(), this);
    }

    @Override
    public void handle(Long timer) {
        HttpServer listening = server;
        if (busy || listening == null) {
            return;
        }
        busy = true;
        read().compose(content -> content.equals(current) ? Future.succeededFuture() : use(listening, content))
                .onComplete(done -> busy = false, failure -> {
                    busy = false;
                    LOG.atError()
                            .addKeyValue("certificate", config.certificate())
                            .setCause(failure)
                            .log("The new TLS files cannot be used; the old certificate stays");
                });
    }

    private Future<Void> use(HttpServer listening, Content content) {
        return listening.updateSSLOptions(options(content.options())).map(changed -> {
            current = content;
            LOG.atInfo().addKeyValue("certificate", config.certificate()).log("New TLS certificate in use");
            return null;
        });
    }

    static ServerSSLOptions options(PemKeyCertOptions files) {
        var options = new ServerSSLOptions();
        options.setKeyCertOptions(files);
        options.setApplicationLayerProtocols(List.of("h2", "http/1.1"));
        return options;
    }

    /** Fails when the files cannot be read or do not fit together. */
    private Future<Content> read() {
        return vertx.fileSystem()
                .readFile(config.certificate())
                .compose(certificate ->
                        vertx.fileSystem().readFile(config.key()).map(key -> new Content(certificate, key)))
                .compose(content -> content.equals(current)
                        ? Future.succeededFuture(content)
                        : vertx.executeBlocking(() -> {
                            KeyPairCheck.check(vertx, content.options());
                            return content;
                        }));
    }
}
