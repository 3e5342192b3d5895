package dev.sandpiper.http;

import dev.sandpiper.runtime.events.EventFilter;
import dev.sandpiper.runtime.events.EventFilters;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Compiles the filters of requests, off their event loop. */
final class FilterCompiler {
    private final EventFilters filters;

    FilterCompiler(EventFilters filters) {
        this.filters = filters;
    }

    /**
     * Completes on the request's event loop; fails with {@code INVALID_FILTER} or {@code FILTER_TOO_COSTLY}.
     *
     * @param text null for no filter, which makes none
     */
    Future<@Nullable EventFilter> compile(Exchange exchange, @Nullable String text) {
        return text == null
                ? Future.succeededFuture(null)
                : exchange.front().context().executeBlocking(() -> filters.compile(text), false);
    }
}
