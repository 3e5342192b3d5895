package dev.sandpiper.consumers;

import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.protocol.BatchBody;
import dev.sandpiper.protocol.BatchItem;
import dev.sandpiper.protocol.PayloadLimit;
import dev.sandpiper.protocol.PublishBody;
import java.util.List;

/** The events that a worker publishes with an acknowledgement: a JSON array of them, as in a batch, but without keys. */
final class Outputs {
    static final int MAX = 100;

    private static final PayloadLimit CHECKED_BEFORE = new PayloadLimit(Integer.MAX_VALUE);

    private Outputs() {}

    /** @throws PlatformException when any of them cannot be published */
    static void check(byte[] json, PayloadLimit limit) {
        List<PublishBody> outputs = parse(json, limit);
        if (outputs.size() > MAX) {
            throw fault("publish", "must be at most " + MAX + " events");
        }
        for (PublishBody output : outputs) {
            if (output.key() != null) {
                throw fault("key", "comes from the event that is acknowledged; leave it out");
            }
            if (output.deliveryClass() == DeliveryClass.EPHEMERAL) {
                throw fault("class", "must not be ephemeral: what is not stored cannot be published once");
            }
        }
    }

    /** Of what was checked before. */
    static List<PublishBody> parse(byte[] json) {
        return parse(json, CHECKED_BEFORE);
    }

    private static List<PublishBody> parse(byte[] json, PayloadLimit limit) {
        return BatchBody.parseArray(json, 0, json.length, limit).stream()
                .map(item -> switch (item) {
                    case BatchItem.Event event -> event.body();
                    case BatchItem.Refused refused -> throw new PlatformException(refused.error());
                })
                .toList();
    }

    private static PlatformException fault(String parameter, String reason) {
        return new PlatformException(new RequestError.InvalidParameter(parameter, reason));
    }
}
