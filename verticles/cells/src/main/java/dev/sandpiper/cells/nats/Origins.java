package dev.sandpiper.cells.nats;

import dev.sandpiper.runtime.nats.EventCodec;
import io.nats.client.impl.Headers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The places where an event lay before, the first one first, as {@link EventCodec#ORIGIN} tells. */
record Origins(List<Place> places) {
    /** Of one stream. */
    record Place(int epoch, long sequence) {}

    Origins {
        places = List.copyOf(places);
    }

    /** @throws IllegalArgumentException when the header is not ours */
    static Origins of(@Nullable Headers headers) {
        String text = headers == null ? null : headers.getFirst(EventCodec.ORIGIN);
        List<Place> places = new ArrayList<>();
        if (text != null) {
            for (String part : text.split(",", -1)) {
                int dot = part.indexOf('.');
                places.add(new Place(
                        Integer.parseInt(part, 0, dot, 10), Long.parseLong(part, dot + 1, part.length(), 10)));
            }
        }
        return new Origins(places);
    }

    /** Where the event was copied from last; null for one that was published where it lies. */
    @Nullable
    Place last() {
        return places.isEmpty() ? null : places.getLast();
    }

    /** The same, with one place more. */
    String and(int epoch, long sequence) {
        var text = new StringBuilder();
        for (Place place : places) {
            text.append(place.epoch()).append('.').append(place.sequence()).append(',');
        }
        return text.append(epoch).append('.').append(sequence).toString();
    }

    /**
     * Its sequence in a stream, {@link Long#MAX_VALUE} when it never lay there.
     *
     * @param latest whether the last time counts, when it lay there twice
     */
    long in(int epoch, boolean latest) {
        long found = Long.MAX_VALUE;
        for (Place place : places) {
            if (place.epoch() == epoch) {
                if (!latest) {
                    return place.sequence();
                }
                found = place.sequence();
            }
        }
        return found;
    }
}
