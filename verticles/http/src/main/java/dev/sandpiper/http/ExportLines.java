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

/**
 * Turns pages into the bytes of an export's body, compressed perhaps. Holds one page at a time. Not for an event loop, and used by
 * one thread at a time. To be closed, whether the export is whole or not: compression takes memory beside the heap.
 */
final class ExportLines implements AutoCloseable {
    private final EventEncoders encoders;
    private final CursorCodec cursors;
    private final Principal principal;
    private final ContentCoding coding;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(16 << 10);
    private final OutputStream out;

    ExportLines(EventEncoders encoders, CursorCodec cursors, Principal principal, ContentCoding coding) {
        this.encoders = encoders;
        this.cursors = cursors;
        this.principal = principal;
        this.coding = coding;
        this.out = open(coding, bytes);
    }

    private static OutputStream open(ContentCoding coding, OutputStream to) {
        try {
            return coding.onto(to);
        } catch (IOException e) {
            throw new IllegalStateException("memory can be written to", e);
        }
    }

    ContentCoding coding() {
        return coding;
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
            close();
        } else if (page.events().isEmpty()) {
            out.write(ExportJson.position(text(page.next())));
        }
        if (page.more()) {
            out.flush();
        }
        return page.more();
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw new IllegalStateException("memory can be written to", e);
        }
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
