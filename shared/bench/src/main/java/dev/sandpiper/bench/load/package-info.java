/**
 * Many subscribers, paced publishers, and the account of what arrived. Every message carries its number and when it was due,
 * so that loss, repeats, order and lateness can be told from what a subscriber received alone.
 */
@NullMarked
package dev.sandpiper.bench.load;

import org.jspecify.annotations.NullMarked;
