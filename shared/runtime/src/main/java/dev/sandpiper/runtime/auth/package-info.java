/** Who is asking: credentials, their store and their cache. */
@NullMarked
package dev.sandpiper.runtime.auth;

import org.jspecify.annotations.NullMarked;
