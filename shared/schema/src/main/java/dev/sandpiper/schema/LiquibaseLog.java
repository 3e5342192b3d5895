package dev.sandpiper.schema;

import java.util.logging.Level;
import liquibase.logging.Logger;
import liquibase.logging.core.AbstractLogService;
import liquibase.logging.core.AbstractLogger;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Liquibase's log, through SLF4J and one level quieter: what it calls information is detail to an operator. */
final class LiquibaseLog extends AbstractLogService {
    @Override
    public int getPriority() {
        return PRIORITY_SPECIALIZED;
    }

    @Override
    @SuppressWarnings("rawtypes") // as Liquibase declares it
    public Logger getLog(Class type) {
        return new Slf4jLogger(LoggerFactory.getLogger(type));
    }

    private static final class Slf4jLogger extends AbstractLogger {
        private final org.slf4j.Logger log;

        Slf4jLogger(org.slf4j.Logger log) {
            this.log = log;
        }

        @Override
        public void log(Level level, String message, @Nullable Throwable thrown) {
            if (level.equals(Level.OFF)) {
                return; // how its analytics say that they are switched off
            }
            log.atLevel(quieter(level)).setCause(thrown).log(message);
        }

        private static org.slf4j.event.Level quieter(Level level) {
            if (level.intValue() >= Level.SEVERE.intValue()) {
                return org.slf4j.event.Level.ERROR;
            }
            if (level.intValue() >= Level.WARNING.intValue()) {
                return org.slf4j.event.Level.WARN;
            }
            return level.intValue() >= Level.INFO.intValue()
                    ? org.slf4j.event.Level.DEBUG
                    : org.slf4j.event.Level.TRACE;
        }
    }
}
