package dev.sandpiper.consumers;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some of a project's consumers, by name.
 *
 * @param next where the next page begins: after the consumer of this name; null on the last one
 */
public record ConsumerPage(List<Consumer> items, @Nullable String next) {
    public ConsumerPage {
        items = List.copyOf(items);
    }
}
