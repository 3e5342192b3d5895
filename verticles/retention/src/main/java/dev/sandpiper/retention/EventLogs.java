package dev.sandpiper.retention;

import dev.sandpiper.domain.TenantId;
import java.util.List;

/** The event streams of the installation. Methods block and fail as those of {@link EventLog}. */
public interface EventLogs {
    /** All that there are by now; the same objects each time. */
    List<EventLog> all();

    /** Names of streams that ought to be there and cannot be opened. */
    List<String> missing();

    /** Where a tenant's events lie. */
    EventLog of(TenantId tenant);

    /** Of an installation that has one. */
    static EventLogs of(EventLog only) {
        return new EventLogs() {
            @Override
            public List<EventLog> all() {
                return List.of(only);
            }

            @Override
            public List<String> missing() {
                return List.of();
            }

            @Override
            public EventLog of(TenantId tenant) {
                return only;
            }
        };
    }
}
