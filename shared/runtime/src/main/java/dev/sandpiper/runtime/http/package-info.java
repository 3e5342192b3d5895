/** The seam between the public listener and the features that have routes on it. */
@NullMarked
package dev.sandpiper.runtime.http;

import org.jspecify.annotations.NullMarked;
