package dev.sandpiper.launcher.client;

import dev.sandpiper.launcher.cli.Console;
import java.util.List;

/** Prints rows so that their cells stand below each other. */
final class Columns {
    private static final String GAP = "  ";

    private Columns() {}

    /** @param rows of the same length each, the first one with the titles */
    static void print(List<List<String>> rows) {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                String cell = row.get(i);
                widths[i] = Math.max(widths[i], cell.codePointCount(0, cell.length()));
            }
        }
        for (List<String> row : rows) {
            var line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                String cell = row.get(i);
                line.append(cell)
                        .append(" ".repeat(widths[i] - cell.codePointCount(0, cell.length())))
                        .append(GAP);
            }
            Console.OUT.println(line.toString().stripTrailing());
        }
    }
}
