package dev.sandpiper.perf.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;

/** How cost grows, as SVG and PNG. A plot without points is left out. */
public final class Plots {
    private static final int WIDTH = 800;
    private static final int HEIGHT = 500;

    private final Results results;
    private final List<Path> written = new ArrayList<>();

    private Plots(Results results) {
        this.results = results;
    }

    /** @return what was written, without the ending */
    public static List<Path> write(Results results) {
        Plots plots = new Plots(results);
        plots.series("memory", "Resident memory", "open sockets", "MB over the empty server", Plots::megabytes);
        plots.series(
                "width",
                "Processor time of a delivery",
                "subscribers of the topic",
                "µs",
                "/results/cpu_micros_per_delivery");
        plots.series("nodes", "Durable publishes", "node processes", "events/s", "/results/events_per_second");
        plots.load();
        return List.copyOf(plots.written);
    }

    /** The value of a step. */
    private interface Reading {
        OptionalDouble at(Results results, String scenario, String target);
    }

    private static OptionalDouble megabytes(Results results, String scenario, String target) {
        OptionalDouble before = results.median(scenario, target, "/server/rss_kb_before");
        OptionalDouble after = results.median(scenario, target, "/server/rss_kb_after");
        return before.isEmpty() || after.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of((after.getAsDouble() - before.getAsDouble()) / 1024);
    }

    private void series(String name, String title, String x, String y, String pointer) {
        series(name, title, x, y, (all, scenario, target) -> all.median(scenario, target, pointer));
    }

    private void series(String name, String title, String x, String y, Reading reading) {
        XYChart chart = chart(title, x, y);
        chart.getStyler().setYAxisMin(0.0);
        for (String target : results.steps(name).stream()
                .flatMap(step -> results.targets(step).stream())
                .distinct()
                .toList()) {
            SortedMap<Double, Double> points = new TreeMap<>();
            for (String step : results.steps(name)) {
                reading.at(results, step, target)
                        .ifPresent(value -> points.put(Double.valueOf(step.substring(step.indexOf('@') + 1)), value));
            }
            add(chart, target, points);
        }
        save(chart, name);
    }

    private void load() {
        XYChart chart = chart("Due to received, p99, up to saturation", "events/s asked", "ms");
        chart.getStyler().setYAxisLogarithmic(true);
        for (String target : results.targets("load")) {
            SortedMap<Double, Double> points = new TreeMap<>();
            int steps = results.first("load", target)
                    .map(entry -> entry.report().at("/results/steps"))
                    .map(JsonNode::size)
                    .orElse(0);
            for (int i = 0; i < steps; i++) {
                OptionalDouble rate = results.median("load", target, "/results/steps/" + i + "/rate");
                OptionalDouble p99 = results.median("load", target, "/results/steps/" + i + "/p99_ms");
                if (rate.isPresent() && p99.isPresent() && p99.getAsDouble() > 0) {
                    points.put(rate.getAsDouble(), p99.getAsDouble());
                }
            }
            add(chart, target, points);
        }
        save(chart, "load");
    }

    private static XYChart chart(String title, String x, String y) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle(x)
                .yAxisTitle(y)
                .theme(Styler.ChartTheme.XChart)
                .build();
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideS);
        chart.getStyler().setLegendLayout(Styler.LegendLayout.Horizontal);
        return chart;
    }

    private static void add(XYChart chart, String target, SortedMap<Double, Double> points) {
        if (!points.isEmpty()) {
            chart.addSeries(target, new ArrayList<>(points.keySet()), new ArrayList<>(points.values()));
        }
    }

    private void save(XYChart chart, String name) {
        if (chart.getSeriesMap().isEmpty()) {
            return;
        }
        Path file = results.folder().resolve(name);
        try {
            VectorGraphicsEncoder.saveVectorGraphic(
                    chart, file.toString(), VectorGraphicsEncoder.VectorGraphicsFormat.SVG);
            BitmapEncoder.saveBitmap(chart, file.toString(), BitmapEncoder.BitmapFormat.PNG);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file, e);
        }
        written.add(file);
    }
}
