package dev.sandpiper.protocol;

import dev.sandpiper.domain.PlatformError;

/** One element of a batch, as it was understood. */
public sealed interface BatchItem {

    record Event(PublishBody body) implements BatchItem {}

    /** This one cannot be published; the others can. */
    record Refused(PlatformError error) implements BatchItem {}
}
