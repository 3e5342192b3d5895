/** What every command needs: the terminal, exit codes, and failures that are sentences. */
@NullMarked
package dev.sandpiper.launcher.cli;

import org.jspecify.annotations.NullMarked;
