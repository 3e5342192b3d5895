/**
 * A whole installation as processes of this machine: nodes, nats-servers, PostgreSQL, and proxies between them. Each is killed,
 * frozen and ended by its process id only, and all end with this JVM.
 */
@NullMarked
package dev.sandpiper.perf.faults.servers;

import org.jspecify.annotations.NullMarked;
