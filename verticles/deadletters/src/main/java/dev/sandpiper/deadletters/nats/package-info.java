/**
 * Dead letters in JetStream: the stream that captures advisories, the stream that keeps letters, and the way from one to the
 * other. Nothing here blocks; futures complete on the caller's context.
 */
@NullMarked
package dev.sandpiper.deadletters.nats;

import org.jspecify.annotations.NullMarked;
