package dev.sandpiper.runtime.nats;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the servers' monitoring ports whether each write is synchronised to disk before it is acknowledged. Blocks. */
final class DiskSync {
    private static final Logger log = LoggerFactory.getLogger(DiskSync.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final ObjectMapper JSON = new ObjectMapper();

    private DiskSync() {}

    /** True only when there are monitoring ports and every one of them says so. */
    static boolean always(List<String> monitorUrls) {
        if (monitorUrls.isEmpty()) {
            return false;
        }
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
            for (String url : monitorUrls) {
                if (!always(client, url)) {
                    return false;
                }
            }
            return true;
        }
    }

    private static boolean always(HttpClient client, String url) {
        try {
            URI varz = URI.create(url.endsWith("/") ? url + "varz" : url + "/varz");
            var response =
                    client.send(HttpRequest.newBuilder(varz).timeout(TIMEOUT).build(), BodyHandlers.ofByteArray());
            return JSON.readTree(response.body())
                    .path("jetstream")
                    .path("config")
                    .path("sync_always")
                    .asBoolean(false);
        } catch (IOException | IllegalArgumentException e) {
            log.atWarn().addKeyValue("url", url).setCause(e).log("Cannot read the NATS server's configuration");
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
