package dev.sandpiper.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** Speaks HTTP/1.1 byte by byte, so that it can also speak it wrongly. */
final class RawClient implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;

    RawClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(10_000);
        in = socket.getInputStream();
    }

    RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** Head and body of the next answer; empty when the server closed. */
    String answer() throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = read();
            if (b < 0) {
                return head.toString();
            }
            head.append((char) b);
        }
        String lower = head.toString().toLowerCase(Locale.ROOT);
        int at = lower.indexOf("content-length: ");
        int length = at < 0 ? 0 : Integer.parseInt(lower.substring(at + 16, lower.indexOf('\r', at)));
        return head + new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    /** The next frame of HTTP/2 with its head of nine bytes. */
    byte[] frame() throws IOException {
        byte[] head = in.readNBytes(9);
        int length = ((head[0] & 0xff) << 16) | ((head[1] & 0xff) << 8) | (head[2] & 0xff);
        byte[] frame = Arrays.copyOf(head, 9 + length);
        System.arraycopy(in.readNBytes(length), 0, frame, 9, length);
        return frame;
    }

    /** How many bytes are here and not read. */
    int arrived() throws IOException {
        return in.available();
    }

    /** Waits until the server has closed. */
    boolean isClosed() throws IOException {
        return read() < 0;
    }

    private int read() throws IOException {
        try {
            return in.read();
        } catch (SocketException e) {
            return -1;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
