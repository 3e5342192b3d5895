/** Clients that share no code with the server and write down what they did and saw, for tests that break things. */
@NullMarked
package dev.sandpiper.testkit.clients;

import org.jspecify.annotations.NullMarked;
