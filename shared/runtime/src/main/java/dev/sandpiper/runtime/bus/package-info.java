/**
 * Typed, versioned messages on the clustered event bus. The bus is at-most-once and carries commands and announcements
 * only; whatever must not be lost is stored first and announced here second.
 */
@NullMarked
package dev.sandpiper.runtime.bus;

import org.jspecify.annotations.NullMarked;
