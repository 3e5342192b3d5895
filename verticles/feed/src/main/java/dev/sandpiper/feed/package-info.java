/** The only reader of events: live, resumed and historical. */
@NullMarked
package dev.sandpiper.feed;

import org.jspecify.annotations.NullMarked;
