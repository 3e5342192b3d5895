package dev.sandpiper.runtime.auth;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Some of a list, oldest first.
 *
 * @param next where the next page begins; null on the last one
 */
public record Page<T>(List<T> items, @Nullable String next) {
    public Page {
        items = List.copyOf(items);
    }

    /** @param rows one more than {@code limit} when there is a next page */
    static <T> Page<T> of(RowSet<Row> rows, int limit, Function<Row, T> read, Function<T, PagePosition> position) {
        List<T> items = new ArrayList<>();
        for (Row row : rows) {
            if (items.size() == limit) {
                return new Page<>(items, position.apply(items.get(limit - 1)).text());
            }
            items.add(read.apply(row));
        }
        return new Page<>(items, null);
    }
}
