package dev.sandpiper.testkit.history;

/**
 * An event as a client saw it.
 *
 * @param event what tells it from all others, chosen by the test
 * @param cursor as the platform gave it
 */
public record Entry(String event, String cursor) {}
