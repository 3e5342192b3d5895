/** Configuration by environment: every setting declared once, every fault reported at once, secrets hidden. */
@NullMarked
package dev.sandpiper.runtime.config;

import org.jspecify.annotations.NullMarked;
