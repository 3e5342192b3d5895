package dev.sandpiper.perf.report;

/**
 * One line of the table.
 *
 * @param id of the target that it answers, such as {@code F2}
 * @param scenario whose reports are read
 * @param pointer into a report (RFC 6901), such as {@code /results/p99_ms}
 * @param goal as the target is worded
 */
public record Row(String id, String what, String scenario, String pointer, String unit, String goal) {}
