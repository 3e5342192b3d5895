package dev.sandpiper.schedules;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** @param next the {@code after} of the next page; null on the last */
public record SchedulePage(List<Schedule> items, @Nullable String next) {
    public SchedulePage {
        items = List.copyOf(items);
    }
}
