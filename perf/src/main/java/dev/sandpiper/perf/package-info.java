/** Load for any Sandpiper server, and the bare libraries beside it. Speaks the wire protocol; shares no code with the server. */
@NullMarked
package dev.sandpiper.perf;

import org.jspecify.annotations.NullMarked;
