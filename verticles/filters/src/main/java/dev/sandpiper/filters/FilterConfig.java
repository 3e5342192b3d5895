package dev.sandpiper.filters;

import dev.sandpiper.runtime.config.Settings;

/**
 * Bounds of filters.
 *
 * @param cached compiled filters that are kept, the most recently used ones
 * @param maxLength of an expression, in characters
 * @param maxCost steps that an expression may take by its text alone, with {@value CompileCost#LIST_LENGTH} elements in each list
 * @param budget steps that one evaluation may take; a step is about 100 ns
 */
public record FilterConfig(int cached, int maxLength, int maxCost, int budget) {
    public static FilterConfig from(Settings s) {
        return new FilterConfig(
                s.integer("FILTERS_CACHED", 1_024, 1, 1 << 20, "Compiled filters that a node keeps"),
                s.integer("FILTERS_MAX_LENGTH", 2_048, 16, 65_536, "Characters that a filter may have"),
                s.integer(
                        "FILTERS_MAX_COST",
                        200_000,
                        100,
                        100_000_000,
                        "Steps that a filter may take by its text alone; costlier ones are refused"),
                s.integer(
                        "FILTERS_BUDGET",
                        20_000,
                        100,
                        10_000_000,
                        "Steps of about 100 ns that a filter may take for one event; with more the event does not match"));
    }

    /** The safe defaults. */
    public static FilterConfig defaults() {
        return from(new Settings(name -> null));
    }
}
