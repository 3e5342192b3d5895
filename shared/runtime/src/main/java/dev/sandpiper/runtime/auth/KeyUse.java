package dev.sandpiper.runtime.auth;

import java.time.Instant;

/**
 * That a key was used.
 *
 * @param at to a minute or so
 * @param from the address of one of those who used it then; empty when it is not known
 */
public record KeyUse(Instant at, String from) {}
