package dev.sandpiper.protocol;

import dev.sandpiper.domain.Capability;
import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.EventHeaders;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishOptions;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Topic;
import org.jspecify.annotations.Nullable;

/**
 * An event as the body of a REST request asks for it: {@code {"topic", "event"?, "data" or "payload", "headers"?, "key"?,
 * "class"?, "ttl"?, "if_last_cursor"?, "deliver_at"?}}.
 * A payload that is no JSON comes as base64: {@code "encoding":"base64"}, with its {@code "content_type"}.
 *
 * @param event {@link PublishCommand#DEFAULT_EVENT} when the client gave none
 * @param data the payload, as the very bytes that stood in the body
 * @param contentType null for JSON
 * @param deliveryClass null when the client named none
 * @param extras null when there are none
 */
public record PublishBody(
        Topic topic,
        String event,
        byte[] data,
        @Nullable String contentType,
        EventHeaders headers,
        @Nullable String key,
        @Nullable DeliveryClass deliveryClass,
        @Nullable PublishExtras extras) {

    /**
     * Reads one JSON document.
     *
     * @throws dev.sandpiper.domain.PlatformException saying what is wrong with it; a member that is not known is refused
     *     by name, because a misspelt one would otherwise be lost without a word
     */
    public static PublishBody parse(byte[] bytes, int offset, int length) {
        try (StrictJson json = StrictJson.read(bytes, offset, length)) {
            var members = new PublishMembers();
            members.read(json, json.first());
            json.end();
            return members.body();
        }
    }

    /** The same event, to be published whenever it is asked for. */
    public PublishBody withoutTime() {
        PublishExtras kept = extras == null ? null : PublishExtras.of(extras.ttl(), extras.ifLastCursor(), null);
        return new PublishBody(topic, event, data, contentType, headers, key, deliveryClass, kept);
    }

    /** Likewise where no event can be conditional: {@code if_last_cursor} is refused. */
    public PublishCommand command(Principal principal, @Nullable String key) {
        if (extras != null && extras.ifLastCursor() != null) {
            throw new PlatformException(new RequestError.InvalidParameter("if_last_cursor", "cannot be used here"));
        }
        return command(principal, key, PublishExtras.options(extras));
    }

    /**
     * The command for the event store.
     *
     * @param key overrides the body's own when it is not null
     * @param cursors reads the one that the event may be conditional on
     * @throws dev.sandpiper.domain.PlatformException when a name, an option or the cursor is not acceptable, or the principal may not
     *     publish to the topic
     */
    public PublishCommand command(Principal principal, @Nullable String key, CursorCodec cursors) {
        return command(principal, key, PublishExtras.options(extras, principal.tenant(), principal.project(), cursors));
    }

    private PublishCommand command(Principal principal, @Nullable String key, @Nullable PublishOptions options) {
        principal.require(Capability.PUBLISH, topic);
        return new PublishCommand(
                principal.tenant(),
                principal.project(),
                topic,
                event,
                data,
                contentType,
                headers,
                key == null ? this.key : key,
                principal.sender(),
                deliveryClass,
                options);
    }
}
