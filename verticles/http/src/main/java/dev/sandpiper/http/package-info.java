/** REST: listeners, routing, authentication of requests, errors. */
@NullMarked
package dev.sandpiper.http;

import org.jspecify.annotations.NullMarked;
