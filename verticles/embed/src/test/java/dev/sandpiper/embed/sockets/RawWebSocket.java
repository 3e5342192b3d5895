package dev.sandpiper.embed.sockets;

import io.vertx.core.json.JsonObject;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** A WebSocket client that can also do everything that a client must not do. Blocking, for the thread of a test. */
final class RawWebSocket implements AutoCloseable {
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    private static final int TIMEOUT_MILLIS = 15_000;

    /** One frame from the server. */
    record Frame(boolean last, int opcode, byte[] payload) {
        String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        JsonObject json() {
            return new JsonObject(text());
        }

        int closeCode() {
            return payload.length < 2 ? -1 : ByteBuffer.wrap(payload).getShort() & 0xffff;
        }

        String closeReason() {
            return new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
        }
    }

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final String status;
    private final List<String> headers = new ArrayList<>();
    private @Nullable IOException closeFailure;

    private RawWebSocket(URI uri, String request, int receiveBuffer) throws IOException {
        socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()));
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
        out = socket.getOutputStream();
        out.write(request.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        status = line();
        for (String line = line(); !line.isEmpty(); line = line()) {
            headers.add(line);
        }
    }

    /** @param headers lines to add or, by the same name, to replace; a line without a value removes the header */
    static RawWebSocket handshake(URI uri, @Nullable String key, String... headers) {
        return handshake(uri, key, 0, headers);
    }

    private static RawWebSocket handshake(URI uri, @Nullable String key, int receiveBuffer, String... headers) {
        List<String> lines = new ArrayList<>(List.of(
                "Host: " + uri.getAuthority(),
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                "Sec-WebSocket-Version: 13"));
        if (key != null) {
            lines.add("Authorization: Bearer " + key);
        }
        for (String header : headers) {
            String name = header.substring(0, header.indexOf(':') + 1);
            lines.removeIf(line -> line.startsWith(name));
            if (header.length() > name.length()) {
                lines.add(header);
            }
        }
        String path = uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
        try {
            return new RawWebSocket(
                    uri, "GET " + path + " HTTP/1.1\r\n" + String.join("\r\n", lines) + "\r\n\r\n", receiveBuffer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Connected and greeted. */
    static RawWebSocket connect(URI uri, String key) {
        return connect(uri, key, 0);
    }

    /** Likewise, by a client that takes so many bytes and no more before it reads them. */
    static RawWebSocket connect(URI uri, String key, int receiveBuffer) {
        RawWebSocket socket = handshake(uri, key, receiveBuffer);
        if (socket.status() != 101) {
            throw new AssertionError(socket.status + " " + socket.body());
        }
        JsonObject greeting = socket.next();
        if (!"connected".equals(greeting.getString("type"))) {
            throw new AssertionError(greeting.encode());
        }
        return socket;
    }

    int status() {
        return Integer.parseInt(status.split(" ")[1]);
    }

    @Nullable
    String header(String name) {
        for (String line : headers) {
            if (line.regionMatches(true, 0, name + ":", 0, name.length() + 1)) {
                return line.substring(name.length() + 1).strip();
            }
        }
        return null;
    }

    /** Of a refused handshake. */
    String body() {
        String length = header("Content-Length");
        byte[] body = new byte[length == null ? 0 : Integer.parseInt(length)];
        try {
            in.readFully(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new String(body, StandardCharsets.UTF_8);
    }

    RawWebSocket text(String text) {
        return frame(true, TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    RawWebSocket binary(byte[] payload) {
        return frame(true, BINARY, payload);
    }

    RawWebSocket frame(boolean last, int opcode, byte[] payload) {
        return bytes(encode((last ? 0x80 : 0) | opcode, payload, true));
    }

    RawWebSocket bytes(byte[] bytes) {
        try {
            out.write(bytes);
            out.flush();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] encode(int first, byte[] payload, boolean masked) {
        int length = payload.length;
        ByteBuffer frame = ByteBuffer.allocate(14 + length).put((byte) first);
        int bit = masked ? 0x80 : 0;
        if (length < 126) {
            frame.put((byte) (bit | length));
        } else if (length < 65_536) {
            frame.put((byte) (bit | 126)).putShort((short) length);
        } else {
            frame.put((byte) (bit | 127)).putLong(length);
        }
        if (masked) {
            byte[] mask = new byte[4];
            ThreadLocalRandom.current().nextBytes(mask);
            frame.put(mask);
            for (int i = 0; i < length; i++) {
                frame.put((byte) (payload[i] ^ mask[i % 4]));
            }
        } else {
            frame.put(payload);
        }
        byte[] bytes = new byte[frame.position()];
        frame.flip().get(bytes);
        return bytes;
    }

    /** The next frame of any kind; null when the server has closed the connection. */
    @Nullable
    Frame nextFrame() {
        try {
            int first = in.read();
            if (first < 0) {
                return null;
            }
            int second = in.readUnsignedByte();
            if ((second & 0x80) != 0) {
                throw new AssertionError("a server must not mask");
            }
            long length = second & 0x7f;
            if (length == 126) {
                length = in.readUnsignedShort();
            } else if (length == 127) {
                length = in.readLong();
            }
            byte[] payload = new byte[Math.toIntExact(length)];
            in.readFully(payload);
            return new Frame((first & 0x80) != 0, first & 0x0f, payload);
        } catch (EOFException e) {
            return null;
        } catch (IOException e) {
            if ("Connection reset".equals(e.getMessage())) {
                return null;
            }
            throw new UncheckedIOException(e);
        }
    }

    /** The next JSON frame, answering pings on the way. */
    JsonObject next() {
        while (true) {
            Frame frame = nextFrame();
            if (frame == null) {
                throw new AssertionError("the server has closed the connection");
            }
            switch (frame.opcode()) {
                case TEXT -> {
                    return frame.json();
                }
                case PING -> frame(true, PONG, frame.payload());
                default -> throw new AssertionError("unexpected frame " + frame.opcode() + ": " + frame.text());
            }
        }
    }

    /** Reads until the server's close frame, and passes over whatever comes before. */
    Frame closing() {
        while (true) {
            Frame frame = nextFrame();
            if (frame == null) {
                throw new AssertionError("the connection ended without a close frame");
            }
            if (frame.opcode() == CLOSE) {
                answer(frame);
                return frame;
            }
        }
    }

    /** The client's part of the close handshake, if the server still listens. */
    private void answer(Frame close) {
        try {
            out.write(encode(0x80 | CLOSE, close.payload(), true));
            out.flush();
        } catch (IOException e) {
            closeFailure = e;
        }
    }

    /** Why the server's close frame could not be answered; null when it could. */
    @Nullable
    IOException closeFailure() {
        return closeFailure;
    }

    /** Whether the server closes the connection, after whatever it still sends. */
    boolean ends() {
        while (nextFrame() != null) {
            // What was under way.
        }
        return true;
    }

    JsonObject ask(JsonObject frame) {
        return text(frame.encode()).next();
    }

    JsonObject subscribe(String channel, @Nullable String since) {
        JsonObject frame = new JsonObject().put("type", "subscribe").put("channel", channel);
        return ask(since == null ? frame : frame.put("since", since));
    }

    /** Stops reading, with a small window, so that the server soon cannot write any more. */
    Socket socket() {
        return socket;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String line() throws IOException {
        var line = new ByteArrayOutputStream();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }
}
