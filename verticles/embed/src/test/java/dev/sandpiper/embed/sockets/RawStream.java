package dev.sandpiper.embed.sockets;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A stream of server-sent events on a bare socket: cheap, and under control to the last byte. Blocking. */
final class RawStream implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 30_000;

    /** An event with its id and data. */
    record Event(@Nullable String id, @Nullable String type, String data) {}

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private @Nullable BufferedReader lines;

    /**
     * Sends the request; nothing is read yet.
     *
     * @param receiveBuffer 0 for the default
     */
    RawStream(URI http, String key, String query, @Nullable String lastEventId, int receiveBuffer) {
        try {
            if (receiveBuffer > 0) {
                socket.setReceiveBufferSize(receiveBuffer);
            }
            socket.connect(new InetSocketAddress(http.getHost(), http.getPort()));
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream()
                    .write(("GET /v1/sse?" + query + " HTTP/1.1\r\nHost: a\r\nX-API-Key: " + key + "\r\n"
                                    + (lastEventId == null ? "" : "Last-Event-ID: " + lastEventId + "\r\n") + "\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            in = new DataInputStream(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads until the server has said that the subscription is open. */
    RawStream opened() {
        Event event = next();
        if (event == null || !"subscribed".equals(event.type())) {
            throw new AssertionError("not subscribed: " + event);
        }
        return this;
    }

    /** The next event; null when the stream has ended, in order or not. */
    @Nullable
    Event next() {
        String id = null;
        String type = null;
        String data = null;
        try {
            for (String line = lines().readLine(); line != null; line = lines().readLine()) {
                if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("event: ")) {
                    type = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    data = line.substring(6);
                } else if (line.isEmpty() && data != null) {
                    return new Event(id, type, data);
                }
            }
            return null;
        } catch (IOException e) {
            return null;
        }
    }

    private BufferedReader lines() throws IOException {
        BufferedReader reader = lines;
        if (reader == null) {
            String status = header();
            if (!status.contains(" 200 ")) {
                throw new AssertionError(status);
            }
            while (!header().isEmpty()) {
                // None of them is of interest.
            }
            reader = new BufferedReader(new InputStreamReader(new Body(), StandardCharsets.UTF_8));
            lines = reader;
        }
        return reader;
    }

    /** A line that ends with CR LF. */
    private String header() throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    /** The body without its chunks' sizes; ends where the connection does. */
    private final class Body extends InputStream {
        private int left;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (left == 0) {
                String size = header();
                left = size.isEmpty() ? 0 : Integer.parseInt(size, 16);
            }
            int count = left == 0 ? -1 : in.read(target, offset, Math.min(left, length));
            if (count < 0) {
                return -1;
            }
            left -= count;
            if (left == 0) {
                header();
            }
            return count;
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
