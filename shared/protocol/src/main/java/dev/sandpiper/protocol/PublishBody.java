package dev.sandpiper.protocol;

import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.Topic;
import org.jspecify.annotations.Nullable;

/**
 * An event as the body of a REST request asks for it: {@code {"topic", "event"?, "data" or "payload", "key"?, "class"?}}.
 * A payload that is no JSON comes as base64: {@code "encoding":"base64"}, with its {@code "content_type"}.
 *
 * @param event {@link PublishCommand#DEFAULT_EVENT} when the client gave none
 * @param data the payload, as the very bytes that stood in the body
 * @param contentType null for JSON
 * @param deliveryClass null when the client named none
 */
public record PublishBody(
        Topic topic,
        String event,
        byte[] data,
        @Nullable String contentType,
        @Nullable String key,
        @Nullable DeliveryClass deliveryClass) {

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

    /**
     * The command for the event store.
     *
     * @param key overrides the body's own when it is not null
     * @throws dev.sandpiper.domain.PlatformException when a name is not acceptable
     */
    public PublishCommand command(Principal principal, @Nullable String key) {
        return new PublishCommand(
                principal.tenant(),
                principal.project(),
                topic,
                event,
                data,
                contentType,
                key == null ? this.key : key,
                null,
                deliveryClass);
    }
}
