package dev.sandpiper.bench.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The protocols by their names. */
public final class Protocols {
    /** As on the command line; the first is the default. */
    public static final List<String> NAMES = List.of("sandpiper-websocket", "sandpiper-sse", "centrifugo", "sse");

    private Protocols() {}

    /** Whether nothing can be asked of such a server without a key. */
    public static boolean needsKey(String name) {
        return name.startsWith("sandpiper-");
    }

    /**
     * @param name one of {@link #NAMES}
     * @param path of the stream and {@code publishPath} to publish at (empty for nowhere), for {@code sse} only
     */
    public static Protocol of(String name, @Nullable String key, String path, String publishPath) {
        String bearer = key == null ? "" : "Authorization: Bearer " + key + "\r\n";
        return switch (name) {
            case "sandpiper-websocket" -> new SandpiperWebSocket(bearer);
            case "sandpiper-sse" -> new SandpiperSse(bearer);
            case "centrifugo" -> new Centrifugo(key == null ? "" : "X-API-Key: " + key + "\r\n");
            case "sse" -> new PlainSse(path, publishPath, bearer);
            default -> throw new IllegalArgumentException("no protocol " + name);
        };
    }
}
