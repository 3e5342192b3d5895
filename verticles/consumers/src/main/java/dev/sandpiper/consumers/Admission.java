package dev.sandpiper.consumers;

import dev.sandpiper.domain.PublishCommand;
import io.vertx.core.Future;

/** What an event has to pass before it is published. */
public interface Admission {
    /** Fails with a {@link dev.sandpiper.domain.PlatformException} when the event would be refused. */
    Future<Void> check(PublishCommand command);
}
