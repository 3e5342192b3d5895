package dev.sandpiper.perf.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** Medians and ratios as Markdown, each line with the command that repeats it. */
public final class Table {
    private static final String OURS = "Sandpiper";

    private Table() {}

    /**
     * @param invocation of this whole run
     * @param notes whole sentences about what could not be compared
     */
    public static Path write(
            Results results, List<Row> rows, Machine machine, String invocation, int repetitions, List<String> notes) {
        StringBuilder text = new StringBuilder("# Results, " + machine.date() + "\n\n");
        text.append("`")
                .append(invocation)
                .append("`, commit ")
                .append(machine.commit())
                .append(": ");
        text.append(machine.processors())
                .append(" shared by servers and load, ")
                .append(machine.memory());
        text.append(", ").append(machine.kernel()).append(", ").append(machine.jdk());
        text.append("; everything over loopback. Medians of up to ")
                .append(repetitions)
                .append(" runs.\n");
        for (String note : notes) {
            text.append('\n').append(note).append('\n');
        }
        for (String failure : results.failures()) {
            text.append("\n**Failed:** ")
                    .append(failure.lines().findFirst().orElse(""))
                    .append('\n');
        }
        text.append(
                "\n| # | what | Sandpiper | beside it, and the ratio to it | target | command |\n|---|---|---|---|---|---|\n");
        for (Row row : rows) {
            append(text, results, row);
        }
        Path file = results.folder().resolve("table.md");
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file, e);
        }
    }

    private static void append(StringBuilder text, Results results, Row row) {
        OptionalDouble ours = results.median(row.scenario(), OURS, row.pointer());
        List<String> others = new ArrayList<>();
        for (String target : results.targets(row.scenario())) {
            OptionalDouble theirs = results.median(row.scenario(), target, row.pointer());
            if (!target.equals(OURS) && theirs.isPresent()) {
                String ratio = ours.isPresent() && theirs.getAsDouble() != 0
                        ? " → " + number(ours.getAsDouble() / theirs.getAsDouble()) + "×"
                        : "";
                others.add(target + " " + number(theirs.getAsDouble()) + " " + row.unit() + ratio);
            }
        }
        String command = results.first(row.scenario(), OURS)
                .map(entry -> "`" + entry.command() + "`")
                .orElse("");
        text.append("| ").append(row.id()).append(" | ").append(row.what()).append(" | ");
        text.append(ours.isPresent() ? number(ours.getAsDouble()) + " " + row.unit() : "not measured")
                .append(" | ");
        text.append(String.join("; ", others)).append(" | ").append(row.goal()).append(" | ");
        text.append(command).append(" |\n");
    }

    static String number(double value) {
        if (Math.abs(value) >= 1_000) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(
                Locale.ROOT, Math.abs(value) >= 100 ? "%.0f" : Math.abs(value) >= 10 ? "%.1f" : "%.2f", value);
    }
}
