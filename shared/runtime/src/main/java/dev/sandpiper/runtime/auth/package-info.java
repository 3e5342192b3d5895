/**
 * Who is asking: credentials, their store and their cache. Every kind of credential comes in through {@link
 * dev.sandpiper.runtime.auth.Authenticator}; API keys and one-use tickets are the kinds that exist.
 */
@NullMarked
package dev.sandpiper.runtime.auth;

import org.jspecify.annotations.NullMarked;
