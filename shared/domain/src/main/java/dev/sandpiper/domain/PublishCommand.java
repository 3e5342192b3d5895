package dev.sandpiper.domain;

import org.jspecify.annotations.Nullable;

/**
 * An event as somebody asks for it to be published; valid by construction.
 *
 * @param event the event's name, such as {@code new-message}; {@link #DEFAULT_EVENT} when the client gave none
 * @param data the payload, owned by this command: JSON text in UTF-8, already validated, or any bytes when
 *     {@code contentType} is given; never modified
 * @param contentType null for JSON, otherwise the media type of {@code data}
 * @param headers what else the publisher says; part of what a repeated key is compared by
 * @param key the client's dedupe key, 1 to {@value #MAX_KEY} characters
 * @param sender whom receivers see as the sender
 * @param requestedClass null to leave it to the rule of the topic
 * @param options null for the plain event that most are
 */
public record PublishCommand(
        TenantId tenant,
        ProjectId project,
        Topic topic,
        String event,
        byte[] data,
        @Nullable String contentType,
        EventHeaders headers,
        @Nullable String key,
        @Nullable String sender,
        @Nullable DeliveryClass requestedClass,
        @Nullable PublishOptions options) {
    public static final String DEFAULT_EVENT = "message";
    public static final int MAX_EVENT = 128;
    public static final int MAX_KEY = 256;
    public static final int MAX_CONTENT_TYPE = 128;

    /** @throws PlatformException when the event's name, the key or the content type is not acceptable */
    public PublishCommand {
        if (!Text.isPrintable(event, MAX_EVENT)) {
            throw new PlatformException(
                    new RequestError.InvalidParameter("event", "must be 1 to " + MAX_EVENT + " printable characters"));
        }
        if (key != null && !Text.isPrintable(key, MAX_KEY)) {
            throw new PlatformException(
                    new RequestError.InvalidParameter("key", "must be 1 to " + MAX_KEY + " printable characters"));
        }
        if (contentType != null && !Text.isAsciiPrintable(contentType, MAX_CONTENT_TYPE)) {
            throw new PlatformException(new RequestError.InvalidParameter(
                    "content_type", "must be 1 to " + MAX_CONTENT_TYPE + " printable ASCII characters"));
        }
        if (requestedClass == DeliveryClass.EXACTLY_ONCE && key == null) {
            throw new PlatformException(new RequestError.InvalidParameter("key", "is required by class exactly-once"));
        }
        if (options != null) {
            check(options, requestedClass, key);
        }
    }

    /** A plain event without headers. */
    public PublishCommand(
            TenantId tenant,
            ProjectId project,
            Topic topic,
            String event,
            byte[] data,
            @Nullable String contentType,
            @Nullable String key,
            @Nullable String sender,
            @Nullable DeliveryClass requestedClass) {
        this(tenant, project, topic, event, data, contentType, EventHeaders.NONE, key, sender, requestedClass, null);
    }

    /** The same event with other options. */
    public PublishCommand with(@Nullable PublishOptions wanted) {
        return new PublishCommand(
                tenant, project, topic, event, data, contentType, headers, key, sender, requestedClass, wanted);
    }

    /** Bytes of payload and headers. */
    public int size() {
        return data.length + headers.size();
    }

    /** The same event with other headers. */
    public PublishCommand withHeaders(EventHeaders wanted) {
        return new PublishCommand(
                tenant, project, topic, event, data, contentType, wanted, key, sender, requestedClass, options);
    }

    private static void check(PublishOptions options, @Nullable DeliveryClass deliveryClass, @Nullable String key) {
        if (deliveryClass == DeliveryClass.EPHEMERAL) {
            if (options.ttl() != null) {
                throw notStored("ttl");
            }
            if (options.ifLast() != null) {
                throw notStored("if_last_cursor");
            }
        }
        if (options.remember() != null && key == null) {
            throw new PlatformException(new RequestError.InvalidParameter("key", "is required to remember it"));
        }
    }

    private static PlatformException notStored(String parameter) {
        return new PlatformException(
                new RequestError.InvalidParameter(parameter, "cannot be combined with class ephemeral"));
    }

    /** What is promised for this event: {@link DeliveryClass#DURABLE} when nobody asked for another. */
    public DeliveryClass deliveryClass() {
        return requestedClass == null ? DeliveryClass.DURABLE : requestedClass;
    }

    /** The same event with another class. Throws a {@link PlatformException} when that class needs a key and there is none. */
    public PublishCommand withClass(DeliveryClass deliveryClass) {
        return new PublishCommand(
                tenant, project, topic, event, data, contentType, headers, key, sender, deliveryClass, options);
    }
}
