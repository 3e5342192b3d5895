/**
 * JSON Schema 2020-12 for payloads: read strictly, cleaned, compiled, and checked at a bounded cost. Also decides whether a new
 * schema lets pass whatever an older one did.
 */
@NullMarked
package dev.sandpiper.topics.schema;

import org.jspecify.annotations.NullMarked;
