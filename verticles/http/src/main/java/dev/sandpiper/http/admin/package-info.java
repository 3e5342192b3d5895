/**
 * Administration over REST: API keys for now. What is stored and how is the business of {@code runtime.auth}; here it is
 * decided who may ask for what.
 */
@NullMarked
package dev.sandpiper.http.admin;

import org.jspecify.annotations.NullMarked;
