/** Issuers and revocations in PostgreSQL. */
@NullMarked
package dev.sandpiper.tokens.postgres;

import org.jspecify.annotations.NullMarked;
