package dev.sandpiper.runtime.auth;

import dev.sandpiper.domain.KeyId;

/**
 * A key is not what it was; told to every node.
 *
 * @param version that the row has since the change: a change with a lower one is older
 * @param revoked whether the key is gone for good
 */
record KeyChange(KeyId id, long version, boolean revoked) {}
