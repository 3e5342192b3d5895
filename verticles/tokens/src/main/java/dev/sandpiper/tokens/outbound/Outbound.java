package dev.sandpiper.tokens.outbound;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Asks an address that a customer named. The name is looked up once, every address it stands for must be permitted, and the connection
 * goes to the address that was checked, so that a name cannot mean another one meanwhile. TLS is checked against the name. No redirect is
 * followed, nothing is unpacked, size and time of the whole are bounded, and no connection is kept. Plain HTTP is for networks only
 * that an operator allowed.
 *
 * <p>Safe for use by several threads; answers come on a context of its own. Every failure is an {@link IOException} that names the reason for
 * the log of the operator, and not for the customer.
 */
public final class Outbound {
    private static final int MAX_HEADERS = 16 * 1_024;
    private static final int MAX_CONNECTIONS = 64;

    private final Vertx vertx;
    private final Context context;
    private final Networks networks;
    private final Duration timeout;
    private final int maxBytes;
    private final HttpClient client;

    /**
     * @param timeout of a whole exchange, the look-up of the name included
     * @param maxBytes of an answer
     * @param trusted a file of authorities to trust, in PEM; null for those that Java trusts
     */
    public Outbound(Vertx vertx, Networks networks, Duration timeout, int maxBytes, @Nullable String trusted) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.networks = networks;
        this.timeout = timeout;
        this.maxBytes = maxBytes;
        var options = new HttpClientOptions()
                .setKeepAlive(false)
                .setPipelining(false)
                .setDecompressionSupported(false)
                .setMaxHeaderSize(MAX_HEADERS)
                .setConnectTimeout((int) timeout.toMillis())
                .setVerifyHost(true);
        if (trusted != null) {
            options.setTrustOptions(new PemTrustOptions().addCertPath(trusted));
        }
        this.client = vertx.createHttpClient(options, new PoolOptions().setHttp1MaxSize(MAX_CONNECTIONS));
    }

    /** @param status as it came; a redirect is an answer like any other */
    public record Answer(int status, byte[] body) {}

    /** @throws IllegalArgumentException saying why a customer cannot name it */
    public static URI requireUsable(String text) {
        URI url = URI.create(text);
        boolean web = "https".equals(url.getScheme()) || "http".equals(url.getScheme());
        if (!web || url.getHost() == null || url.getRawUserInfo() != null || url.getRawFragment() != null) {
            throw new IllegalArgumentException("must be an absolute URL of https, without user and fragment");
        }
        return url;
    }

    public Future<Answer> get(URI url) {
        return ask(HttpMethod.GET, url, Map.of("Accept", "application/json"), Buffer.buffer());
    }

    public Future<Answer> post(URI url, Map<String, String> headers, Buffer body) {
        return ask(HttpMethod.POST, url, headers, body);
    }

    public Future<Void> close() {
        return client.close();
    }

    private Future<Answer> ask(HttpMethod method, URI url, Map<String, String> headers, Buffer body) {
        Promise<Answer> answered = Promise.promise();
        context.runOnContext(v -> {
            var exchange = new Exchange(answered);
            long timer = vertx.setTimer(timeout.toMillis(), t -> exchange.fail(new IOException("No answer in time")));
            answered.future().onComplete(done -> vertx.cancelTimer(timer));
            context.executeBlocking(() -> permitted(url), false)
                    .compose(address -> exchange.isOver()
                            ? Future.failedFuture(new IOException("No answer in time"))
                            : client.request(options(method, url, headers, address)))
                    .onComplete(request -> exchange.send(request, body), exchange::fail);
        });
        return answered.future();
    }

    private RequestOptions options(HttpMethod method, URI url, Map<String, String> headers, InetAddress address) {
        boolean secure = "https".equals(url.getScheme());
        int port = url.getPort() > 0 ? url.getPort() : secure ? 443 : 80;
        String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        var options = new RequestOptions()
                .setMethod(method)
                .setServer(SocketAddress.inetSocketAddress(port, address.getHostAddress()))
                .setHost(url.getHost())
                .setPort(port)
                .setSsl(secure)
                .setFollowRedirects(false)
                .setURI(url.getRawQuery() == null ? path : path + "?" + url.getRawQuery());
        headers.forEach(options::putHeader);
        return options;
    }

    /** Looks the name up; blocks. */
    private InetAddress permitted(URI url) throws IOException {
        InetAddress[] addresses = InetAddress.getAllByName(url.getHost());
        boolean secure = "https".equals(url.getScheme());
        for (InetAddress address : addresses) {
            if (!networks.permits(address) || !(secure || networks.isAllowed(address))) {
                throw new IOException(url.getHost() + " is at an address that requests must not go to");
            }
        }
        return addresses[0];
    }

    /** One request and its answer, on the context. Whatever comes first decides. */
    private final class Exchange {
        private final Promise<Answer> answered;
        private final Buffer received = Buffer.buffer();
        private @Nullable HttpClientRequest request;

        Exchange(Promise<Answer> answered) {
            this.answered = answered;
        }

        boolean isOver() {
            return answered.future().isComplete();
        }

        void send(HttpClientRequest opened, Buffer body) {
            request = opened;
            if (isOver()) {
                opened.reset();
                return;
            }
            opened.response().onComplete(this::receive, this::fail);
            (body.length() == 0 ? opened.end() : opened.end(body)).onFailure(this::fail);
        }

        private void receive(HttpClientResponse response) {
            response.exceptionHandler(this::fail);
            response.handler(bytes -> {
                if (received.length() + bytes.length() > maxBytes) {
                    fail(new IOException("The answer has more than " + maxBytes + " bytes"));
                } else {
                    received.appendBuffer(bytes);
                }
            });
            response.endHandler(end -> answered.tryComplete(new Answer(response.statusCode(), received.getBytes())));
        }

        void fail(Throwable failure) {
            boolean first = answered.tryFail(
                    failure instanceof IOException ? failure : new IOException(failure.getMessage(), failure));
            if (first && request != null) {
                request.reset();
            }
        }
    }
}
