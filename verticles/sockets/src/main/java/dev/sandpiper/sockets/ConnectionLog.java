package dev.sandpiper.sockets;

import dev.sandpiper.domain.Principal;
import org.slf4j.spi.LoggingEventBuilder;

/** Whose connection a line in the log is about, said in one way. */
final class ConnectionLog {
    private ConnectionLog() {}

    static LoggingEventBuilder about(ChannelConnection connection, LoggingEventBuilder line) {
        LoggingEventBuilder named = line.addKeyValue("connection", connection.id());
        Principal principal = connection.principal();
        return principal == null
                ? named
                : named.addKeyValue("tenant", principal.tenant()).addKeyValue("project", principal.project());
    }
}
