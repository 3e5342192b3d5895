package dev.sandpiper.deadletters;

import dev.sandpiper.domain.PublishReceipt;
import org.jspecify.annotations.Nullable;

/** @param receipt of the event that was published; null when it went to its consumer */
public record Redriven(RedriveTarget target, @Nullable PublishReceipt receipt) {}
