package dev.sandpiper.http;

import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.protocol.ErrorJson;
import dev.sandpiper.protocol.ErrorMapping;
import dev.sandpiper.protocol.MediaTypes;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers what could not even be decoded as an HTTP request. The connection is closed after: its framing is lost. */
final class InvalidRequests implements Handler<HttpServerRequest> {
    private static final Logger LOG = LoggerFactory.getLogger("dev.sandpiper.http.access");

    private final Front front;

    InvalidRequests(Front front) {
        this.front = front;
    }

    @Override
    public void handle(HttpServerRequest request) {
        answer(front, request, error(request.decoderResult().cause()));
    }

    private PlatformError error(@Nullable Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return new RequestError.UriTooLong(front.config.maxUriBytes());
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return new RequestError.HeadersTooLarge(front.config.maxHeaderBytes());
        }
        return new RequestError.InvalidRequest("This is not a valid HTTP request");
    }

    static void wrongVersion(Front front, HttpServerRequest request) {
        answer(front, request, new RequestError.InvalidRequest("Speak HTTP/1.1 or HTTP/2"));
    }

    private static void answer(Front front, HttpServerRequest request, PlatformError error) {
        String id = front.ids.choose(null);
        int status = ErrorMapping.of(error).status();
        LOG.atInfo().addKeyValue("request_id", id).addKeyValue("status", status).log("Request refused undecoded");
        request.response()
                .setStatusCode(status)
                .putHeader("X-Request-Id", id)
                .putHeader(HttpHeaders.CONTENT_TYPE, MediaTypes.JSON)
                .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE)
                .end(Buffer.buffer(ErrorJson.encode(error, id)))
                .onComplete(end -> request.connection().close());
    }
}
