@NullMarked
package dev.sandpiper.filters;

import org.jspecify.annotations.NullMarked;
