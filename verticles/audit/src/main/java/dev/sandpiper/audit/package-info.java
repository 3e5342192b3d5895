/**
 * The audit trail: signed entries in a chain for each tenant, signed checkpoints in a stream that the owner of the database
 * cannot rewrite, and the proof that nothing was changed since. What is proven and what is not: {@code docs/operate/audit.md}.
 */
@NullMarked
package dev.sandpiper.audit;

import org.jspecify.annotations.NullMarked;
