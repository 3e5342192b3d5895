package dev.sandpiper.runtime.auth;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some keys, oldest first.
 *
 * @param next where the next page begins; null on the last one
 */
public record KeyPage(List<KeyInfo> items, @Nullable String next) {
    public KeyPage {
        items = List.copyOf(items);
    }
}
