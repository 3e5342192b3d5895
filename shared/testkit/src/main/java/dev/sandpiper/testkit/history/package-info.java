/** What clients did and saw during a fault, and a judge that decides whether that may be. Knows no transport. */
@NullMarked
package dev.sandpiper.testkit.history;

import org.jspecify.annotations.NullMarked;
