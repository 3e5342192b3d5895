package dev.sandpiper.http;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.protocol.EventEncoders;
import dev.sandpiper.protocol.ExportJson;
import dev.sandpiper.runtime.events.HistoryPage;
import dev.sandpiper.runtime.events.UnrecoveredReason;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Turns pages into the bytes of an export's body, compressed perhaps. Holds one page at a time. Not for an event loop, and used by
 * one thread at a time.
 */
final class ExportLines {
    private final EventEncoders encoders;
    private final CursorCodec cursors;
    private final Principal principal;
    private final boolean compressed;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(16 << 10);
    private final OutputStream out;

    ExportLines(EventEncoders encoders, CursorCodec cursors, Principal principal, boolean compressed) {
        this.encoders = encoders;
        this.cursors = cursors;
        this.principal = principal;
        this.compressed = compressed;
        this.out = compressed ? gzip(bytes) : bytes;
    }

    private static OutputStream gzip(OutputStream to) {
        try {
            return new GZIPOutputStream(to, 8 << 10, true);
        } catch (IOException e) {
            throw new IllegalStateException("memory can be written to", e);
        }
    }

    boolean isCompressed() {
        return compressed;
    }

    /**
     * Adds the lines of a page; after the last one comes the line that says so, without which the export is not whole.
     *
     * @return whether more is to come
     */
    boolean add(HistoryPage page) throws IOException {
        UnrecoveredReason gap = page.opening().reason();
        if (gap != null) {
            out.write(ExportJson.gap(gap.wireName(), text(page.opening().cursor())));
        }
        for (StoredEvent event : page.events()) {
            out.write(ExportJson.line(encoders.json(event)));
        }
        if (!page.more()) {
            out.write(ExportJson.end(text(page.next())));
            out.close();
        } else if (page.events().isEmpty()) {
            out.write(ExportJson.position(text(page.next())));
        }
        out.flush();
        return page.more();
    }

    /** What was made of the pages since the last time. */
    Buffer take() {
        Buffer made = Buffer.buffer(bytes.toByteArray());
        bytes.reset();
        return made;
    }

    private String text(Cursor cursor) {
        return cursors.encode(principal.tenant(), principal.project(), cursor);
    }
}
