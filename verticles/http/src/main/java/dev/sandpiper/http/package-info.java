/**
 * The public listener: takes requests in, finds out who asks, routes, and answers; every feature's routes hang on it. The
 * events API over REST is here too.
 */
@NullMarked
package dev.sandpiper.http;

import org.jspecify.annotations.NullMarked;
