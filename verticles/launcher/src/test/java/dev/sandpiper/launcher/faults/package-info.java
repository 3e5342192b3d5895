/** Nodes as processes, which are killed and ended under load. What clients saw is judged, not looked at. */
@NullMarked
package dev.sandpiper.launcher.faults;

import org.jspecify.annotations.NullMarked;
