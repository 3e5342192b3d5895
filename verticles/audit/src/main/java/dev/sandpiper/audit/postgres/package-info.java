/** The trail in PostgreSQL. Entries are appended by a function of the database, inside the transaction of the change. */
@NullMarked
package dev.sandpiper.audit.postgres;

import org.jspecify.annotations.NullMarked;
