package dev.sandpiper.http;

import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.protocol.BatchBody;
import dev.sandpiper.protocol.BatchItem;
import dev.sandpiper.protocol.MediaTypes;
import dev.sandpiper.protocol.PayloadLimit;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.Set;

/** A request whose body is many events, as a JSON array or as lines. */
abstract class EventsBody implements BodyReader.Receiver {
    /** Longer bodies are parsed elsewhere: some five milliseconds a megabyte are too much for an event loop. */
    private static final int PARSED_HERE = 256 << 10;

    final Exchange exchange;
    final Principal principal;
    private boolean lines;

    EventsBody(Exchange exchange, Principal principal) {
        this.exchange = exchange;
        this.principal = principal;
    }

    /** Called on the exchange's event loop; what it throws is answered. */
    abstract void parsed(List<BatchItem> items);

    /** @throws PlatformException when the request is not of that kind */
    final void read() {
        RequestHeaders.requirePlainBody(exchange);
        exchange.query().requireOnly(Set.of());
        lines = isLines();
        int limit = exchange.front().config.maxBatchBytes();
        BodyReader.read(exchange, limit, limit, this);
    }

    private boolean isLines() {
        String contentType = exchange.request().headers().get(HttpHeaders.CONTENT_TYPE);
        if (contentType == null || (MediaTypes.isJson(contentType) && MediaTypes.isUtf8(contentType))) {
            return false;
        }
        if (MediaTypes.isLines(contentType) && MediaTypes.isUtf8(contentType)) {
            return true;
        }
        throw new PlatformException(
                new RequestError.UnsupportedMediaType(MediaTypes.JSON + " or " + MediaTypes.NDJSON));
    }

    @Override
    public final void onBodyFailed(PlatformError error) {
        exchange.fail(error);
    }

    @Override
    public final void onBody(byte[] bytes, int offset, int length) {
        if (length <= PARSED_HERE) {
            try {
                parsed(parse(bytes, offset, length));
            } catch (RuntimeException e) {
                exchange.fail(e);
            }
        } else {
            exchange.front()
                    .context()
                    .executeBlocking(() -> parse(bytes, offset, length), false)
                    .onComplete(this::proceed, exchange::fail);
        }
    }

    private void proceed(List<BatchItem> items) {
        try {
            parsed(items);
        } catch (RuntimeException e) {
            exchange.fail(e);
        }
    }

    private List<BatchItem> parse(byte[] bytes, int offset, int length) {
        PayloadLimit limit = exchange.front().config.payload();
        return lines
                ? BatchBody.parseLines(bytes, offset, length, limit)
                : BatchBody.parseArray(bytes, offset, length, limit);
    }
}
