package dev.sandpiper.sockets;

import dev.sandpiper.domain.CredentialError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The opening handshake (RFC 6455, section 4.2). Extensions and subprotocols are never agreed to. */
final class WebSocketHandshake {
    static final String VERSION = "13";
    static final String VERSION_HEADER = "Sec-WebSocket-Version";

    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final String KEY_HEADER = "Sec-WebSocket-Key";
    private static final int KEY_BYTES = 16;

    private WebSocketHandshake() {}

    /** @throws PlatformException when this is no handshake of this version, or not from an origin that is allowed */
    static void check(HttpServerRequest request, SocketsConfig config) {
        if (request.version() != HttpVersion.HTTP_1_1
                || !lists(request, HttpHeaders.UPGRADE, "websocket")
                || !lists(request, HttpHeaders.CONNECTION, "upgrade")
                || !VERSION.equals(only(request, VERSION_HEADER))) {
            throw new PlatformException(new RequestError.UpgradeRequired());
        }
        if (!isKey(only(request, KEY_HEADER))) {
            throw new PlatformException(new RequestError.InvalidParameter(KEY_HEADER, "must be 16 bytes in base64"));
        }
        if (request.headers().contains(HttpHeaders.TRANSFER_ENCODING) || hasBody(request)) {
            throw new PlatformException(new RequestError.InvalidRequest("A WebSocket handshake has no body"));
        }
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin != null && !config.allowsOrigin(origin)) {
            throw new PlatformException(new CredentialError.OriginNotAllowed());
        }
    }

    /** What proves that the server understood the handshake. */
    static String accept(HttpServerRequest request) {
        byte[] text = (only(request, KEY_HEADER) + GUID).getBytes(StandardCharsets.US_ASCII);
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }

    private static boolean lists(HttpServerRequest request, CharSequence header, String token) {
        for (String value : request.headers().getAll(header)) {
            for (String item : value.split(",", -1)) {
                if (item.strip().equalsIgnoreCase(token)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Null when the header is missing or stands there more than once. */
    private static @Nullable String only(HttpServerRequest request, String header) {
        List<String> values = request.headers().getAll(header);
        return values.size() == 1 ? values.getFirst().strip() : null;
    }

    private static boolean isKey(@Nullable String key) {
        if (key == null) {
            return false;
        }
        try {
            return Base64.getDecoder().decode(key).length == KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean hasBody(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length != null && !length.strip().equals("0");
    }
}
