/** Liquibase changelogs and the code that applies them. */
@NullMarked
package dev.sandpiper.schema;

import org.jspecify.annotations.NullMarked;
