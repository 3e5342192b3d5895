package dev.sandpiper.runtime.auth;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A change of a key.
 *
 * @param name null to keep it
 * @param grant makes what the key is to be allowed of what it is
 */
public record KeyPatch(@Nullable String name, UnaryOperator<KeyGrant> grant) {}
