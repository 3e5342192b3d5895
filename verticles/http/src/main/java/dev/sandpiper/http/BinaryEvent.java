package dev.sandpiper.http;

import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.EventHeaders;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.protocol.MediaTypes;
import dev.sandpiper.protocol.PublishBody;
import dev.sandpiper.protocol.PublishExtras;
import dev.sandpiper.runtime.http.QueryParameters;
import io.vertx.core.http.HttpHeaders;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An event whose payload is the whole body, of any media type but JSON. What else there is to say stands in the query or in
 * headers: {@code topic} or {@code Sandpiper-Topic}, {@code event} or {@code Sandpiper-Event}, {@code key} or {@code
 * Idempotency-Key}, {@code class} or {@code Sandpiper-Class}; in the query only, {@code ttl}, {@code if_last_cursor} and {@code
 * deliver_at}; in headers only, the event's own: {@code Sandpiper-Header-}<i>name</i>.
 */
record BinaryEvent(
        Topic topic,
        String event,
        String contentType,
        EventHeaders headers,
        @Nullable String key,
        @Nullable DeliveryClass deliveryClass,
        @Nullable PublishExtras extras) {
    private static final CharSequence TOPIC = HttpHeaders.createOptimized("sandpiper-topic");
    private static final CharSequence EVENT = HttpHeaders.createOptimized("sandpiper-event");
    private static final CharSequence CLASS = HttpHeaders.createOptimized("sandpiper-class");
    private static final String HEADER_PREFIX = "sandpiper-header-";
    private static final Set<String> PARAMETERS =
            Set.of("topic", "event", "key", "class", "ttl", "if_last_cursor", "deliver_at");
    private static final String SUPPORTED = "application/json, or any type but a form's with the topic in the query";

    /** Null when the body is JSON. */
    static @Nullable BinaryEvent of(Exchange exchange) {
        RequestHeaders.requirePlainBody(exchange);
        String contentType = exchange.request().headers().get(HttpHeaders.CONTENT_TYPE);
        if (contentType == null || MediaTypes.isJson(contentType)) {
            if (exchange.hasQuery()) {
                exchange.query().requireOnly(Set.of());
            }
            if (contentType != null && !MediaTypes.isUtf8(contentType)) {
                throw new PlatformException(new RequestError.UnsupportedMediaType("application/json in UTF-8"));
            }
            return null;
        }
        QueryParameters query = exchange.query();
        String topic = either(exchange, query, "topic", TOPIC);
        if (topic == null || isForm(contentType) || !MediaTypes.isWellFormed(contentType)) {
            throw new PlatformException(new RequestError.UnsupportedMediaType(SUPPORTED));
        }
        query.requireOnly(PARAMETERS);
        String event = either(exchange, query, "event", EVENT);
        return new BinaryEvent(
                new Topic(topic),
                event == null ? PublishCommand.DEFAULT_EVENT : event,
                contentType.strip(),
                RequestHeaders.ofEvent(exchange, HEADER_PREFIX),
                query.get("key"),
                deliveryClass(either(exchange, query, "class", CLASS)),
                PublishExtras.parse(query.get("ttl"), query.getOrEmpty("if_last_cursor"), query.get("deliver_at")));
    }

    PublishBody body(byte[] bytes, int offset, int length) {
        byte[] data = Arrays.copyOfRange(bytes, offset, offset + length);
        return new PublishBody(topic, event, data, contentType, headers, key, deliveryClass, extras);
    }

    private static @Nullable DeliveryClass deliveryClass(@Nullable String name) {
        if (name == null) {
            return null;
        }
        return DeliveryClass.named(name)
                .orElseThrow(() -> new PlatformException(
                        new RequestError.InvalidParameter("class", "must be ephemeral, durable or exactly-once")));
    }

    private static @Nullable String either(
            Exchange exchange, QueryParameters query, String parameter, CharSequence header) {
        String value = query.get(parameter);
        return value == null ? RequestHeaders.text(exchange, header) : value;
    }

    /** What curl sends by itself, and a browser's form: hardly meant as a payload. */
    private static boolean isForm(String contentType) {
        String essence = MediaTypes.essence(contentType);
        return essence.equals("application/x-www-form-urlencoded") || essence.equals("multipart/form-data");
    }
}
