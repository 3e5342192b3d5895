package dev.sandpiper.filters;

import dev.cel.runtime.CelVariableResolver;
import dev.sandpiper.domain.StoredEvent;
import java.util.Optional;

/** What an expression may speak of, for one event. The payload is read only when it is asked for. */
final class EventVariables implements CelVariableResolver {
    static final String EVENT = "event";
    static final String DATA = "data";
    static final String SENDER = "sender";
    static final String TOPIC = "topic";
    static final String TIMESTAMP = "timestamp";
    static final String HEADERS = "headers";

    private final StoredEvent event;
    private final EventData data;

    EventVariables(StoredEvent event, EventData data) {
        this.event = event;
        this.data = data;
    }

    @Override
    public Optional<Object> find(String name) {
        return switch (name) {
            case EVENT -> Optional.of(event.event());
            case DATA -> Optional.of(data.of(event));
            case SENDER -> Optional.of(event.sender() == null ? "" : event.sender());
            case TOPIC -> Optional.of(event.topic().name());
            case TIMESTAMP -> Optional.of(event.timestamp());
            case HEADERS -> Optional.of(event.headers().asMap());
            default -> Optional.empty();
        };
    }
}
