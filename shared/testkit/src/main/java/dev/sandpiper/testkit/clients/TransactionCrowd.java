package dev.sandpiper.testkit.clients;

import dev.sandpiper.testkit.history.Entry;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sends transactions from several connections at once without a pause, each of three events of two topics, and judges what became
 * of them. Two of three transactions are sent until there is a receipt; the third is given up when there is no answer, so that
 * nobody completes what a server left half done.
 */
public final class TransactionCrowd implements AutoCloseable {
    private static final Pattern CURSOR = Pattern.compile("\"cursor\":\"([^\"\\\\]*)\"");
    private static final String PATH = "/v1/events/transaction";
    private static final Duration END = Duration.ofSeconds(90);

    private final JsonCalls calls;
    private final String accounts;
    private final String log;
    private final AtomicInteger next = new AtomicInteger();
    /** Of each transaction that has a receipt, the cursors of its events. */
    private final Map<Integer, List<String>> receipts = new ConcurrentHashMap<>();

    private final Queue<Integer> unknown = new ConcurrentLinkedQueue<>();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean enough;

    private TransactionCrowd(List<URI> servers, String key, String prefix) {
        this.calls = new JsonCalls(servers, key);
        this.accounts = prefix + ".accounts";
        this.log = prefix + ".log";
    }

    /** @param prefix of the names of its two topics, which nobody else may use */
    public static TransactionCrowd start(List<URI> servers, String key, String prefix, int connections) {
        var crowd = new TransactionCrowd(servers, key, prefix);
        for (int i = 0; i < connections; i++) {
            int server = i;
            crowd.threads.add(Thread.ofPlatform().daemon().start(() -> crowd.run(server)));
        }
        return crowd;
    }

    /** Transactions with a receipt so far. */
    public int acknowledged() {
        return receipts.size();
    }

    /** Transactions so far of which nobody knows what became. */
    public int unknown() {
        return unknown.size();
    }

    /** Answers that no client should get. */
    public List<String> failures() {
        return List.copyOf(failures);
    }

    /** Ends after the transactions that are under way. */
    public void finish() {
        enough = true;
        for (Thread thread : threads) {
            try {
                if (!thread.join(END)) {
                    throw new AssertionError("a transaction does not end");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
        }
    }

    @Override
    public void close() {
        enough = true;
    }

    private void run(int first) {
        int server = first;
        while (!enough) {
            int number = next.getAndIncrement();
            if (!begin(number, server)) {
                server++;
            }
        }
    }

    /** Whether the server is worth another one. */
    private boolean begin(int number, int server) {
        String events =
                "[" + event(accounts, number, 0) + "," + event(log, number, 1) + "," + event(accounts, number, 2) + "]";
        if (number % 3 == 0) {
            Answer answer = calls.send(calls.request(server, PATH)
                    .header("Idempotency-Key", "t-" + number)
                    .POST(BodyPublishers.ofString(events))
                    .build());
            if (answer == null || answer.status() == 503) {
                unknown.add(number);
                return false;
            }
            answered(number, answer);
        } else {
            answered(number, calls.insist(server, PATH, events, "Idempotency-Key", "t-" + number));
        }
        return true;
    }

    private void answered(int number, Answer answer) {
        List<String> cursors = new ArrayList<>();
        Matcher found = CURSOR.matcher(answer.body());
        while (found.find()) {
            cursors.add(found.group(1));
        }
        if (answer.status() != 201 || cursors.size() != 3) {
            failures.add(number + ": " + answer.status() + " " + answer.body());
            return;
        }
        receipts.put(number, cursors);
    }

    private static String event(String topic, int number, int index) {
        return "{\"topic\":\"" + topic + "\",\"data\":\"" + number + "-" + index + "\"}";
    }

    /** Reads both topics back, when all is over, and says what is wrong with them: nothing, if all is well. */
    public List<String> violations(URI server, String key) {
        List<String> found = new ArrayList<>();
        Map<String, String> cursors = new HashMap<>();
        List<Entry> transfers = StoredTopic.read(server, key, accounts);
        for (Entry entry : transfers) {
            remember(entry, cursors, found);
        }
        for (Entry entry : StoredTopic.read(server, key, log)) {
            remember(entry, cursors, found);
        }
        for (int number = 0; number < next.get(); number++) {
            judge(number, cursors, found);
        }
        for (int i = 0; i + 1 < transfers.size(); i += 2) {
            String first = transfers.get(i).event();
            if (!transfers.get(i + 1).event().equals(first.substring(0, first.length() - 1) + "2")) {
                found.add("something came between the events of one transaction: " + first);
                break;
            }
        }
        return found;
    }

    private static void remember(Entry entry, Map<String, String> cursors, List<String> found) {
        if (cursors.put(entry.event(), entry.cursor()) != null) {
            found.add("stored twice: " + entry.event());
        }
    }

    private void judge(int number, Map<String, String> cursors, List<String> found) {
        List<String> stored = new ArrayList<>();
        for (int index = 0; index < 3; index++) {
            String cursor = cursors.get(number + "-" + index);
            if (cursor != null) {
                stored.add(cursor);
            }
        }
        if (stored.size() != 3 && !stored.isEmpty()) {
            found.add("stored in part: " + number);
        }
        List<String> receipt = receipts.get(number);
        if (receipt != null && !receipt.equals(stored)) {
            found.add("not where the receipt says: " + number + ", " + receipt + ", but " + stored);
        }
    }
}
