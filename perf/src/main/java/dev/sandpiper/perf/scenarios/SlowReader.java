package dev.sandpiper.perf.scenarios;

import dev.sandpiper.perf.servers.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One subscriber with a small receive buffer that reads at its own pace, from a virtual thread. */
final class SlowReader implements AutoCloseable {
    private static final int RECEIVE_BUFFER = 4_096;
    private static final int PATIENCE_MILLIS = 10_000;
    private static final String LINE_END = "\r\n";
    private static final String HEAD_END = LINE_END + LINE_END;
    private static final int CHUNK = 8_192;

    private final Socket socket;
    private volatile boolean over;

    private SlowReader(Socket socket) {
        this.socket = socket;
    }

    /** Returns once it is subscribed. */
    static SlowReader open(URI url, String key, String topic, Transport transport, int bytesPerSecond) {
        try {
            Socket socket = new Socket();
            socket.setReceiveBufferSize(RECEIVE_BUFFER);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(new InetSocketAddress(url.getHost(), url.getPort()));
            OutputStream out = socket.getOutputStream();
            out.write(request(url, key, topic, transport).getBytes(StandardCharsets.US_ASCII));
            if (transport == Transport.WEBSOCKET) {
                awaitText(socket.getInputStream(), HEAD_END);
                out.write(frame("{\"type\":\"subscribe\",\"id\":\"1\",\"channel\":\"" + topic + "\"}"));
            }
            awaitText(socket.getInputStream(), "\"subscribed\"");
            socket.setSoTimeout(0);
            SlowReader reader = new SlowReader(socket);
            if (bytesPerSecond > 0) {
                Thread.ofVirtual().start(() -> reader.read(bytesPerSecond));
            }
            return reader;
        } catch (IOException e) {
            throw new UncheckedIOException("a slow reader cannot subscribe", e);
        }
    }

    private static String request(URI url, String key, String topic, Transport transport) {
        List<String> lines = new ArrayList<>();
        if (transport == Transport.SSE) {
            lines.add("GET /v1/sse?topics=" + topic + " HTTP/1.1");
        } else {
            lines.addAll(List.of(
                    "GET /v1/ws HTTP/1.1",
                    "Upgrade: websocket",
                    "Connection: Upgrade",
                    "Sec-WebSocket-Version: 13",
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="));
        }
        lines.add("Host: " + url.getAuthority());
        lines.add("Authorization: Bearer " + key);
        return String.join(LINE_END, lines) + HEAD_END;
    }

    /** A masked text frame of less than 126 bytes; a mask of zeros saves masking. */
    private static byte[] frame(String text) {
        byte[] body = text.getBytes(StandardCharsets.US_ASCII);
        byte[] frame = new byte[body.length + 6];
        frame[0] = (byte) 0x81;
        frame[1] = (byte) (0x80 | body.length);
        System.arraycopy(body, 0, frame, 6, body.length);
        return frame;
    }

    private static void awaitText(InputStream in, String wanted) throws IOException {
        StringBuilder seen = new StringBuilder();
        while (seen.indexOf(wanted) < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("refused: " + seen);
            }
            seen.append((char) next);
        }
    }

    private void read(int bytesPerSecond) {
        byte[] chunk = new byte[Math.min(bytesPerSecond, CHUNK)];
        try {
            InputStream in = socket.getInputStream();
            while (!over && in.read(chunk) >= 0) {
                if (bytesPerSecond < Integer.MAX_VALUE) {
                    TimeUnit.SECONDS.sleep(1);
                }
            }
        } catch (IOException e) {
            // The server has closed it, which is what is expected of it.
            over = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        over = true;
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
