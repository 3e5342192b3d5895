package dev.sandpiper.bench.load;

import dev.sandpiper.bench.wire.PayloadReader;
import dev.sandpiper.bench.wire.Protocol;
import io.netty.channel.ChannelHandlerContext;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What the subscribers of one event loop have in common, so that each holds little. */
final class Share {
    final Protocol protocol;
    final Tally tally;
    final Ledger ledger;
    final PayloadReader payloads = new PayloadReader();

    /** Whether connections are being closed on purpose. */
    final BooleanSupplier ending;

    final Runnable onSubscribed;

    /** Of the connection whose bytes are being read. */
    @Nullable
    ChannelHandlerContext current;

    Share(Protocol protocol, Ledger ledger, BooleanSupplier ending, Runnable onSubscribed) {
        this.protocol = protocol;
        this.ledger = ledger;
        this.tally = ledger.newTally();
        this.ending = ending;
        this.onSubscribed = onSubscribed;
    }
}
