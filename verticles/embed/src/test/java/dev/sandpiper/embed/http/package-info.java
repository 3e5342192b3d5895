/** The REST API as clients see it: every test here talks to a real node over TCP. What it logs is looked at too. */
@NullMarked
package dev.sandpiper.embed.http;

import org.jspecify.annotations.NullMarked;
