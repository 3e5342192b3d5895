package dev.sandpiper.audit;

import static dev.sandpiper.audit.TrailWorld.await;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Exports as the route writes them, from whatever there is. */
final class Exports {
    private Exports() {}

    static String of(TrailWorld world, String chain) {
        TrailStore.Head head = await(world.store.head(chain));
        ChainVerifier.Start sealed = head == null ? null : head.sealed();
        List<String> lines = new ArrayList<>();
        lines.add(ExportLines.head(
                        chain, sealed, Keys.of(TrailWorld.KEY, List.of()).known(), Instant.now())
                .encode());
        world.notary
                .checkpoints(chain)
                .forEach(one -> lines.add(ExportLines.checkpoint(one).encode()));
        List<ChainEntry> entries = await(world.store.read(chain, sealed == null ? 0 : sealed.seq(), 10_000));
        entries.forEach(entry -> lines.add(ExportLines.entry(entry).encode()));
        long last = entries.isEmpty() ? 0 : entries.getLast().seq();
        lines.add(ExportLines.end(entries.size(), last).encode());
        return String.join("\n", lines) + "\n";
    }
}
