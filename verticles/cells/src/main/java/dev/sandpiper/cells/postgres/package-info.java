/** The streams and the tenants' places in PostgreSQL. Nothing here blocks. */
@NullMarked
package dev.sandpiper.cells.postgres;

import org.jspecify.annotations.NullMarked;
