/**
 * The kill switch: which tenants are suspended, decided in PostgreSQL, told over the bus, and looked up again by every node once a second
 * in case it missed the word.
 */
@NullMarked
package dev.sandpiper.killswitch;

import org.jspecify.annotations.NullMarked;
