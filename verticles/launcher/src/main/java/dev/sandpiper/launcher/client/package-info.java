/** The commands that talk to a running server: publish, subscribe, keys. They use its public API and nothing else. */
@NullMarked
package dev.sandpiper.launcher.client;

import org.jspecify.annotations.NullMarked;
