/**
 * The command line: {@code main()} and the commands that are not a group of their own. A failure that a person can do
 * something about ends a command with a sentence and an exit code, never with a stack trace.
 */
@NullMarked
package dev.sandpiper.launcher;

import org.jspecify.annotations.NullMarked;
