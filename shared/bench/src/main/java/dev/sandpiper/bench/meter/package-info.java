/**
 * What the server's processes spend: processor time and resident memory. Read from the operating system by process id, or from the
 * server's own metrics where it runs elsewhere.
 */
@NullMarked
package dev.sandpiper.bench.meter;

import org.jspecify.annotations.NullMarked;
