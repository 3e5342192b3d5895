package dev.sandpiper.retention;

/**
 * What matters of a stored event here: not what it says.
 *
 * @param subject that it is stored under
 * @param time when it was stored, in milliseconds since 1970
 * @param bytes that it takes in the store
 */
public record EventHead(String subject, long sequence, long time, int bytes) {}
