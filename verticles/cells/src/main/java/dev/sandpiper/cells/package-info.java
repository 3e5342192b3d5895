/**
 * Cells: the event streams of the installation, and which tenant's events lie in which. Publishes, subscriptions and history of a
 * tenant go to its stream; a tenant is given one at first sight, and keeps it.
 */
@NullMarked
package dev.sandpiper.cells;

import org.jspecify.annotations.NullMarked;
