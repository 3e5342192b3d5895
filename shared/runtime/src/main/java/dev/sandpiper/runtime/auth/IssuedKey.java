package dev.sandpiper.runtime.auth;

import dev.sandpiper.runtime.config.Secret;

/**
 * A key that was just made.
 *
 * @param key the credential itself; this is the only time that anybody sees it
 */
public record IssuedKey(KeyInfo info, Secret key) {}
