package dev.sandpiper.consumers;

/**
 * How far a consumer is, as JetStream says.
 *
 * @param lag events that wait to be delivered for the first time; with patterns that end within a name, or a filter, also some
 *     that will be passed over
 * @param pending events that are with workers, or rest before they are delivered again
 * @param redelivered of the pending ones, those that were delivered more than once
 */
public record ConsumerState(long lag, long pending, long redelivered) {}
