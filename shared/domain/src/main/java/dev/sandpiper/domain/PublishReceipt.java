package dev.sandpiper.domain;

import org.jspecify.annotations.Nullable;

/**
 * What a publisher is told once its event is safe.
 *
 * @param id of the stored event; for a duplicate, of the first one
 * @param cursor where it stands; null for class ephemeral
 * @param duplicate true when the key was seen before with the same event, which was not stored again
 */
public record PublishReceipt(
        EventId id,
        Topic topic,
        @Nullable Cursor cursor,
        boolean duplicate,
        DeliveryClass deliveryClass,
        Durability durability) {}
