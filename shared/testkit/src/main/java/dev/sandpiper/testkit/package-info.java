/** Real-service fixtures and generators for tests. */
@NullMarked
package dev.sandpiper.testkit;

import org.jspecify.annotations.NullMarked;
