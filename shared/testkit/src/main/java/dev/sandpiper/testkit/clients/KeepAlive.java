package dev.sandpiper.testkit.clients;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 client with one connection, which it keeps while it may. Unlike a real one it repeats nothing by itself, so that
 * no fault is hidden. For one thread.
 */
public final class KeepAlive implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(2);

    private final URI server;
    private final String key;
    private final Duration patience;
    private @Nullable SocketChannel channel;
    private @Nullable InputStream in;
    private int answered;

    /** @param patience for an answer */
    public KeepAlive(URI server, String key, Duration patience) {
        this.server = server;
        this.key = key;
        this.patience = patience;
    }

    public Answer get(String path) throws IOException {
        return exchange("GET", path, "");
    }

    /** @param json the body */
    public Answer post(String path, String json) throws IOException {
        return exchange("POST", path, json);
    }

    public Answer delete(String path) throws IOException {
        return exchange("DELETE", path, "");
    }

    /**
     * @throws Unanswered when the server owes an answer
     * @throws IOException when the request was not sent, or not all of it: the server owes nothing
     */
    private Answer exchange(String method, String path, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        String head = method + " " + path + " HTTP/1.1\r\nHost: " + server.getAuthority() + "\r\nAuthorization: Bearer "
                + key + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n";
        byte[] start = head.getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer request = ByteBuffer.allocate(start.length + body.length);
        request.put(start).put(body).flip();
        try {
            SocketChannel open = connected();
            while (request.hasRemaining()) {
                open.write(request);
            }
        } catch (IOException e) {
            close();
            throw e;
        }
        try {
            Answer answer = answer();
            answered++;
            if (answer.last()) {
                close();
            }
            return answer;
        } catch (IOException e) {
            String message = "on " + server + ", after " + answered + " answers on this connection: " + e;
            close();
            throw new Unanswered(message, e);
        }
    }

    private SocketChannel connected() throws IOException {
        SocketChannel open = channel;
        if (open != null && !isEnded(open)) {
            return open;
        }
        close();
        SocketChannel fresh = SocketChannel.open();
        channel = fresh;
        fresh.socket().connect(new InetSocketAddress(server.getHost(), server.getPort()), (int) CONNECT.toMillis());
        fresh.socket().setTcpNoDelay(true);
        fresh.socket().setSoTimeout((int) patience.toMillis());
        in = new BufferedInputStream(fresh.socket().getInputStream(), 8_192);
        return fresh;
    }

    /** Between an answer and the next request the server says nothing, unless it ends the connection. */
    private static boolean isEnded(SocketChannel open) throws IOException {
        open.configureBlocking(false);
        int read = open.read(ByteBuffer.allocate(1));
        open.configureBlocking(true);
        if (read > 0) {
            throw new IOException("the server speaks without being asked");
        }
        return read < 0;
    }

    private Answer answer() throws IOException {
        String line = line();
        int status = Integer.parseInt(line.substring(9, 12));
        int length = 0;
        boolean last = false;
        for (line = line(); !line.isEmpty(); line = line()) {
            if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                length = Integer.parseInt(line.substring(15).strip());
            } else if (line.regionMatches(true, 0, "connection:", 0, 11)) {
                last = line.substring(11).strip().equalsIgnoreCase("close");
            }
        }
        byte[] body = input().readNBytes(length);
        if (body.length < length) {
            throw new EOFException("the answer breaks off");
        }
        return new Answer(status, new String(body, StandardCharsets.UTF_8), last);
    }

    private String line() throws IOException {
        var bytes = new ByteArrayOutputStream();
        for (int c = input().read(); c != '\n'; c = input().read()) {
            if (c < 0) {
                throw new EOFException("the connection ended before the answer");
            }
            if (c != '\r') {
                bytes.write(c);
            }
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    private InputStream input() {
        InputStream open = in;
        if (open == null) {
            throw new IllegalStateException("there is no connection");
        }
        return open;
    }

    @Override
    public void close() {
        SocketChannel open = channel;
        channel = null;
        in = null;
        answered = 0;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot close a connection", e);
            }
        }
    }
}
