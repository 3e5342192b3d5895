package dev.sandpiper.cells;

import io.vertx.core.Future;

/** Opens what a node needs of a stream, and sees to it that it is closed when the node ends. */
public interface CellOpener {
    Future<Cell> open(StreamRow stream);
}
