package dev.sandpiper.topics.schema;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/** Walks from schema to schema. */
final class SchemaGraph {
    private SchemaGraph() {}

    /** Every schema that may take part when this one is applied. */
    static Set<SchemaNode> reachable(SchemaNode root) {
        Set<SchemaNode> seen = new HashSet<>();
        Deque<SchemaNode> todo = new ArrayDeque<>();
        todo.add(root);
        while (!todo.isEmpty()) {
            SchemaNode node = todo.poll();
            if (seen.add(node)) {
                if (node.reference != null) {
                    todo.add(node.reference);
                }
                todo.addAll(node.single.values());
                node.lists.values().forEach(todo::addAll);
                node.maps.values().forEach(map -> todo.addAll(map.values()));
            }
        }
        return seen;
    }
}
