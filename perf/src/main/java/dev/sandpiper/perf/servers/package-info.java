/**
 * Servers that are measured, as processes of this machine. Each is started on free ports of the loopback and stopped by its
 * process id.
 */
@NullMarked
package dev.sandpiper.perf.servers;

import org.jspecify.annotations.NullMarked;
