/**
 * Brings a PostgreSQL database to the schema of this version. The changelogs are under {@code db/changelog/<feature>/};
 * Liquibase applies them and nobody else knows that it is Liquibase.
 */
@NullMarked
package dev.sandpiper.schema;

import org.jspecify.annotations.NullMarked;
