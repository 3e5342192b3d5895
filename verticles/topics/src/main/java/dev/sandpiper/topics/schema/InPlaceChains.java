package dev.sandpiper.topics.schema;

import java.util.HashMap;
import java.util.Map;

/**
 * Refuses schemas that lead back to themselves without going deeper into the value, which no check would ever get out of, and those
 * that lead on for too long.
 */
final class InPlaceChains {
    private static final int OPEN = -1;

    private final Map<SchemaNode, Integer> lengths = new HashMap<>();

    private InPlaceChains() {}

    static void check(SchemaNode root) {
        var chains = new InPlaceChains();
        for (SchemaNode node : SchemaGraph.reachable(root)) {
            chains.length(node, 1);
        }
    }

    /** How many schemas lead on from this one, itself included. */
    private int length(SchemaNode node, int above) {
        Integer known = lengths.get(node);
        if (known != null && known != OPEN) {
            return known;
        }
        if (known != null) {
            throw SchemaReader.fault(node.location, "refers to itself without going deeper into the value");
        }
        if (above > SchemaLimits.MAX_CHAIN) {
            throw tooLong(node);
        }
        lengths.put(node, OPEN);
        int longest = 0;
        for (SchemaNode next : node.inPlace()) {
            longest = Math.max(longest, length(next, above + 1));
        }
        if (longest + 1 > SchemaLimits.MAX_CHAIN) {
            throw tooLong(node);
        }
        lengths.put(node, longest + 1);
        return longest + 1;
    }

    private static RuntimeException tooLong(SchemaNode node) {
        return SchemaReader.fault(
                node.location,
                "is part of a chain of more than " + SchemaLimits.MAX_CHAIN + " schemas for the same value");
    }
}
