package dev.sandpiper.retention;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** @param next the {@code after} of the next page; null when this is the last */
public record HoldPage(List<Hold> items, @Nullable String next) {
    public HoldPage {
        items = List.copyOf(items);
    }
}
