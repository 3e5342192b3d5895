package dev.sandpiper.domain;

/**
 * One place where a JSON document does not fit, and why.
 *
 * @param pointer where, as a JSON Pointer (RFC 6901); empty for the whole document
 * @param reason what was expected there
 */
public record Violation(String pointer, String reason) {}
