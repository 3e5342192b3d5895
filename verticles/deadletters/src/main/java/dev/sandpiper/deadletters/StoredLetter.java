package dev.sandpiper.deadletters;

import java.time.Instant;

/**
 * A letter where it is kept.
 *
 * @param sequence its position among all letters
 * @param createdAt when it was stored
 */
public record StoredLetter(long sequence, Instant createdAt, DeadLetter letter) {}
