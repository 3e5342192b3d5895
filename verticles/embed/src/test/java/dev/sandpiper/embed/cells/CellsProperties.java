package dev.sandpiper.embed.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.cells.postgres.PostgresCells;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.runtime.events.HistoryPage;
import dev.sandpiper.runtime.events.HistoryRequest;
import dev.sandpiper.runtime.postgres.Database;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Nats;
import io.nats.client.api.StreamInfoOptions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import org.jspecify.annotations.Nullable;

@Label("With several streams, and more of them while it runs,")
class CellsProperties {
    private static final ProjectId PROJECT = new ProjectId("main");
    private static final int MOST_STREAMS = 6;
    private static final int NOT_FOUND = 404;

    private static final TestNode NODE =
            TestNode.start(Map.of("CELLS", "1", "CELLS_SETTLE", "0s", "CELLS_POLL_INTERVAL", "50ms"));

    private static final Context LOOP = NODE.sandpiper().vertx().getOrCreateContext();
    private static final Database DATABASE = Databases.of(NODE);
    private static final Connection NATS = connect();
    private static final Map<TenantId, Integer> PLACES = new HashMap<>();
    private static int streams = 1;
    private static int tries;

    private static Connection connect() {
        try {
            return Nats.connect(NODE.settings().get("SANDPIPER_NATS_URL"));
        } catch (IOException e) {
            throw new AssertionError("not connected", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    @AfterContainer
    static void stop() throws InterruptedException {
        NATS.close();
        TestNode.await(DATABASE.close());
        NODE.close();
        assertThat(PLACES.values()).as("tenants were spread").contains(0).hasSizeGreaterThan(1);
    }

    private record Place(TenantId tenant, Topic topic) {}

    private record Stored(int number, Cursor cursor) {}

    @Property(tries = 100)
    @Label("each event is found in order, and in one stream, which stays the tenant's")
    void everyTenantKeepsItsStream(@ForAll long seed) {
        Random random = new Random(seed);
        int attempt = ++tries;
        Map<Place, List<Stored>> model = new HashMap<>();
        List<TenantId> known = new ArrayList<>(PLACES.keySet());
        int steps = 1 + random.nextInt(6);
        for (int step = 0; step < steps; step++) {
            if (streams < MOST_STREAMS && random.nextInt(30) == 0) {
                streams++;
                TestNode.await(new PostgresCells(DATABASE).ensure(streams, Duration.ZERO));
            }
            List<Future<PublishReceipt>> underWay = new ArrayList<>();
            List<PublishCommand> commands = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(8); i++) {
                TenantId tenant = known.isEmpty() || random.nextBoolean()
                        ? new TenantId("t" + attempt + "-" + random.nextInt(3))
                        : known.get(random.nextInt(known.size()));
                Topic topic = new Topic("try-" + attempt + "-" + random.nextInt(2));
                commands.add(new PublishCommand(
                        tenant,
                        PROJECT,
                        topic,
                        "message",
                        Integer.toString(step * 100 + i).getBytes(StandardCharsets.US_ASCII),
                        null,
                        null,
                        null,
                        null));
            }
            // Without waiting in between: also those of one topic keep their order.
            TestNode.await(onLoop(() -> {
                commands.forEach(
                        command -> underWay.add(NODE.sandpiper().publisher().publish(command)));
                return Future.join(underWay);
            }));
            for (int i = 0; i < commands.size(); i++) {
                PublishCommand command = commands.get(i);
                Cursor cursor = underWay.get(i).result().cursor();
                assertThat(cursor).isNotNull();
                model.computeIfAbsent(new Place(command.tenant(), command.topic()), any -> new ArrayList<>())
                        .add(new Stored(step * 100 + i, cursor));
            }
        }
        model.forEach((place, stored) -> check(place, stored, random));
        Set<TenantId> tenants = new HashSet<>();
        model.keySet().forEach(place -> tenants.add(place.tenant()));
        tenants.forEach(CellsProperties::checkPlace);
    }

    private static void check(Place place, List<Stored> stored, Random random) {
        List<Integer> all = stored.stream().map(Stored::number).toList();
        assertThat(numbers(history(place, null))).isEqualTo(all);
        assertThat(stored.stream().map(one -> one.cursor().epoch()).distinct()).hasSize(1);
        int from = random.nextInt(stored.size());
        HistoryPage rest = history(place, stored.get(from).cursor());
        assertThat(rest.opening().recovered()).isTrue();
        assertThat(numbers(rest)).isEqualTo(all.subList(from + 1, all.size()));
    }

    private static HistoryPage history(Place place, @Nullable Cursor since) {
        return TestNode.await(onLoop(() -> NODE.sandpiper()
                .feed()
                .history(new HistoryRequest(place.tenant(), PROJECT, place.topic(), since, null, false, 1_000))));
    }

    private static List<Integer> numbers(HistoryPage page) {
        return page.events().stream()
                .map(event -> Integer.valueOf(new String(event.data(), StandardCharsets.US_ASCII)))
                .toList();
    }

    /** Where nats-server itself says that there are events of the tenant. */
    private static void checkPlace(TenantId tenant) {
        List<Integer> found = new ArrayList<>();
        for (int cell = 0; cell < streams; cell++) {
            if (holds(cell, tenant)) {
                found.add(cell);
            }
        }
        assertThat(found).as(tenant.value()).hasSize(1);
        Integer before = PLACES.putIfAbsent(tenant, found.getFirst());
        assertThat(before == null || before.equals(found.getFirst())).isTrue();
    }

    private static boolean holds(int cell, TenantId tenant) {
        String stream = NODE.settings().get("SANDPIPER_NATS_NAMESPACE") + "_EVENTS" + (cell == 0 ? "" : "-" + cell);
        try {
            return !NATS.jetStreamManagement()
                    .getStreamInfo(stream, StreamInfoOptions.filterSubjects("*.*." + tenant.value() + ".>"))
                    .getStreamState()
                    .getSubjects()
                    .isEmpty();
        } catch (JetStreamApiException e) {
            if (e.getErrorCode() == NOT_FOUND) {
                // The node has not come to make it yet.
                return false;
            }
            throw new AssertionError("no answer", e);
        } catch (IOException e) {
            throw new AssertionError("no answer", e);
        }
    }

    private static <T> Future<T> onLoop(Supplier<Future<T>> action) {
        Promise<T> promise = Promise.promise();
        LOOP.runOnContext(v -> action.get().onComplete(promise));
        return promise.future();
    }
}
