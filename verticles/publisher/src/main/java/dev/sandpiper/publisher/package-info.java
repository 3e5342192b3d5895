/** The only writer of events: appends to JetStream and answers after the acknowledgement. */
@NullMarked
package dev.sandpiper.publisher;

import org.jspecify.annotations.NullMarked;
