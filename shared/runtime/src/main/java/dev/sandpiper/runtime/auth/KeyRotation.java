package dev.sandpiper.runtime.auth;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a key is replaced.
 *
 * @param grace how long the old key still works; zero for not at all
 * @param expiresAt of the new key; null for as long as the old one was meant to work
 */
public record KeyRotation(Duration grace, @Nullable Instant expiresAt) {}
