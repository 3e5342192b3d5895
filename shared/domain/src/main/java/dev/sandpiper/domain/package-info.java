/**
 * What the platform talks about: tenants, topics, events, cursors and every error that a client can be told. Pure: depends
 * on the JDK and JSpecify only.
 */
@NullMarked
package dev.sandpiper.domain;

import org.jspecify.annotations.NullMarked;
