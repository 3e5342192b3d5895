/**
 * How a feature says what was changed, by whom: it appends an entry to the audit trail inside the transaction of the change.
 * How the trail is kept, chained and proven is the business of the feature that implements {@link
 * dev.sandpiper.runtime.audit.AuditTrail}.
 */
@NullMarked
package dev.sandpiper.runtime.audit;

import org.jspecify.annotations.NullMarked;
