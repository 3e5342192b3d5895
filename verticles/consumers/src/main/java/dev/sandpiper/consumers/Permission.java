package dev.sandpiper.consumers;

import dev.sandpiper.domain.Capability;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;

/** Whose credential is for some channels only has to do with consumers of those channels only. */
final class Permission {
    private Permission() {}

    static boolean covers(Principal who, Consumer consumer) {
        return consumer.spec().topics().stream()
                .allMatch(topics -> who.channels().allows(Capability.SUBSCRIBE, topics)
                        && who.channels().allows(Capability.HISTORY, topics));
    }

    /** @throws PlatformException with {@code CHANNEL_NOT_ALLOWED} */
    static Consumer require(Principal who, Consumer consumer) {
        requireTopics(who, consumer.spec());
        return consumer;
    }

    /** Likewise. */
    static void requireTopics(Principal who, ConsumerSpec spec) {
        spec.topics().forEach(topics -> {
            who.require(Capability.SUBSCRIBE, topics);
            who.require(Capability.HISTORY, topics);
        });
    }
}
