package dev.sandpiper.perf.limits;

import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The limit of publishing: plain publishes with one reply inbox and a bounded window, nothing around them.
 *
 * <p>Arguments: the server's URL, the number of events. Prints acknowledged events a second.
 */
public final class RawJnats {
    private static final PrintStream OUT = System.out;
    private static final int WINDOW = 4_000;
    private static final int BYTES = 260;

    private RawJnats() {}

    public static void main(String[] arguments) throws Exception {
        OUT.println(rate(arguments[0], Integer.parseInt(arguments[1])));
    }

    /** Acknowledged events a second, into a file stream of its own that is deleted afterwards. */
    private static double rate(String url, int events) throws Exception {
        Options options = Options.builder()
                .server(url)
                .maxMessagesInOutgoingQueue(2 * WINDOW)
                .build();
        try (Connection connection = Nats.connect(options)) {
            var management = connection.jetStreamManagement();
            management.addStream(StreamConfiguration.builder()
                    .name("PERF_RAW")
                    .subjects("perf.raw")
                    .storageType(StorageType.File)
                    .build());
            try {
                publish(connection, events / 5);
                long start = System.nanoTime();
                publish(connection, events);
                return events / ((System.nanoTime() - start) / 1e9);
            } finally {
                management.deleteStream("PERF_RAW");
            }
        }
    }

    private static void publish(Connection connection, int events) throws Exception {
        byte[] body = "x".repeat(BYTES).getBytes(StandardCharsets.US_ASCII);
        Semaphore window = new Semaphore(WINDOW);
        CountDownLatch acknowledged = new CountDownLatch(events);
        var dispatcher = connection.createDispatcher(ack -> {
            window.release();
            acknowledged.countDown();
        });
        String inbox = connection.createInbox();
        dispatcher.subscribe(inbox + ".*");
        for (int i = 0; i < events; i++) {
            window.acquire();
            connection.publish("perf.raw", inbox + "." + i, body);
        }
        if (!acknowledged.await(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException(acknowledged.getCount() + " events were not acknowledged");
        }
        connection.closeDispatcher(dispatcher);
    }
}
