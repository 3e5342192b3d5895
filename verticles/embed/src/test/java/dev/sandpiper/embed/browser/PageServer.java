package dev.sandpiper.embed.browser;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Serves one page, and keeps what the page reports. */
final class PageServer implements AutoCloseable {
    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    private final HttpServer server;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final List<String> reports = new CopyOnWriteArrayList<>();

    private PageServer(HttpServer server) {
        this.server = server;
    }

    static PageServer start() throws IOException {
        var pages = new PageServer(HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), 0), 0));
        pages.server.setExecutor(pages.executor);
        pages.server.start();
        return pages;
    }

    /** @param html is served at {@code /page} */
    void serve(String html) {
        byte[] bytes = html.getBytes(StandardCharsets.UTF_8);
        server.createContext("/page", exchange -> answer(exchange, 200, bytes));
        server.createContext("/report", exchange -> {
            reports.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            answer(exchange, 200, new byte[0]);
        });
    }

    /** Of the page, by the address that it listens on. */
    String origin() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The same server by another name: to a browser another origin. */
    String otherOrigin() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    /** What the page said so far, in order. */
    List<String> reports() {
        return reports;
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
