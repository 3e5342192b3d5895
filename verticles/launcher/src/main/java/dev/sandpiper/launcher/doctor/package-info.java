/** {@code sandpiper doctor}: looks at the machine and says what to do about it. Each check is a function of its own. */
@NullMarked
package dev.sandpiper.launcher.doctor;

import org.jspecify.annotations.NullMarked;
