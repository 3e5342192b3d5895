/** The public API: deploys a Sandpiper node inside a Vert.x application. */
@NullMarked
package dev.sandpiper.embed;

import org.jspecify.annotations.NullMarked;
