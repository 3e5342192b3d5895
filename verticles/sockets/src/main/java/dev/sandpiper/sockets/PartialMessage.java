package dev.sandpiper.sockets;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** A message of which some fragments have arrived. */
final class PartialMessage {
    private final boolean text;
    private byte[] bytes = new byte[0];
    private int length;

    PartialMessage(boolean text) {
        this.text = text;
    }

    /** @return false when the message would have more than {@code max} bytes */
    boolean append(ByteBuf fragment, int max) {
        int more = fragment.readableBytes();
        if (more > max - length) {
            return false;
        }
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.min(max, Math.max(length + more, bytes.length * 2)));
        }
        fragment.readBytes(bytes, length, more);
        length += more;
        return true;
    }

    boolean isText() {
        return text;
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }
}
