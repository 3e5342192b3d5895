package dev.sandpiper.perf.report;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * One report.
 *
 * @param target who was measured
 * @param repetition from 1
 * @param command that repeats it, against any server
 */
public record Entry(String scenario, String target, int repetition, String command, JsonNode report) {}
