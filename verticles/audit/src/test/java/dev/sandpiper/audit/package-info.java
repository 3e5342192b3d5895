/** Tests of the audit trail on a real PostgreSQL and a real nats-server. */
@NullMarked
package dev.sandpiper.audit;

import org.jspecify.annotations.NullMarked;
