package dev.sandpiper.runtime.cluster;

import static dev.sandpiper.runtime.cluster.LocalCluster.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandpiper.runtime.bus.Bus;
import dev.sandpiper.runtime.bus.BusAddresses;
import dev.sandpiper.runtime.bus.BusReader;
import dev.sandpiper.runtime.bus.BusWriter;
import dev.sandpiper.runtime.bus.VersionedCodec;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    @SuppressWarnings("NullAway.Init")
    private LocalCluster cluster;

    @BeforeAll
    void startThreeNodes() {
        cluster = new LocalCluster(3);
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    @Test
    void aRequestIsAnsweredByTheNodeThatServesTheAddress() {
        Bus serving = bus(0);
        Bus asking = bus(1);
        await(serving.serve("greet", Word.class, word -> Future.succeededFuture(new Word("hello " + word.text())))
                .completion());

        Word answer = await(asking.request("greet", new Word("world"), Word.class, TIMEOUT));

        assertThat(answer.text()).isEqualTo("hello world");
    }

    @Test
    void anAnnouncementIsHeardOnEveryNode() throws Exception {
        var heard = new CountDownLatch(3);
        for (int node = 0; node < 3; node++) {
            await(bus(node)
                    .listen("news", Word.class, word -> heard.countDown())
                    .completion());
        }

        bus(1).announce("news", new Word("x"));

        assertThat(heard.await(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void anUnknownVersionIsRefusedAndTheSenderToldAtOnce() {
        await(bus(0).serve("upgrade", Word.class, Future::succeededFuture).completion());
        try (var newer = new Newcomer(new WordCodec(2))) {
            var request = newer.bus.request("upgrade", new Word("from the future"), Word.class, TIMEOUT);

            assertThatThrownBy(() -> await(request)).isInstanceOfSatisfying(ReplyException.class, e -> {
                assertThat(e.failureType()).isEqualTo(ReplyFailure.RECIPIENT_FAILURE);
                assertThat(e.failureCode()).isEqualTo(Bus.REFUSED);
                assertThat(e).hasMessageContaining("has version 2, this node knows 1 to 1");
            });
        }
    }

    @Test
    void anAnswerOfAnUnknownVersionFailsTheRequestAtOnce() {
        try (var newer = new Newcomer(new WordCodec(2))) {
            await(newer.bus
                    .serve("answer", Integer.class, number -> Future.succeededFuture(new Word("two")))
                    .completion());

            var request = bus(0).request("answer", 1, Word.class, TIMEOUT);

            assertThatThrownBy(() -> await(request))
                    .isInstanceOfSatisfying(
                            ReplyException.class,
                            e -> assertThat(e.failureCode()).isEqualTo(Bus.REFUSED));
        }
    }

    @Test
    void aFailedHandlerFailsTheRequest() {
        await(bus(0).serve("broken", Word.class, word -> Future.<Word>failedFuture("out of order"))
                .completion());

        var request = bus(1).request("broken", new Word(""), Word.class, TIMEOUT);

        assertThatThrownBy(() -> await(request))
                .isInstanceOfSatisfying(
                        ReplyException.class, e -> assertThat(e.failureCode()).isEqualTo(Bus.FAILED))
                .hasMessage("out of order");
    }

    @Test
    void aRequestThatNobodyServesFailsAtOnce() {
        var request = bus(0).request("nobody", new Word(""), Word.class, TIMEOUT);

        assertThatThrownBy(() -> await(request))
                .isInstanceOfSatisfying(
                        ReplyException.class, e -> assertThat(e.failureType()).isEqualTo(ReplyFailure.NO_HANDLERS));
    }

    @Test
    void requestsFromOneContextKeepTheirOrder() {
        var seen = new ConcurrentLinkedQueue<String>();
        await(bus(2).serve("order", Word.class, word -> {
                    seen.add(word.text());
                    return Future.succeededFuture(word);
                })
                .completion());
        Promise<Void> done = Promise.promise();
        Vertx asking = cluster.node(0);

        asking.getOrCreateContext()
                .runOnContext(go -> Future.all(IntStream.range(0, 100)
                                .mapToObj(i ->
                                        bus(0).request("order", new Word(Integer.toString(i)), Word.class, TIMEOUT))
                                .toList())
                        .<Void>mapEmpty()
                        .onComplete(done));
        await(done.future());

        assertThat(seen)
                .containsExactlyElementsOf(
                        IntStream.range(0, 100).mapToObj(Integer::toString).toList());
    }

    @Test
    void aNodeThatTheRegistryForgotIsUnreadyAndGivesUp() throws Exception {
        var dropped = new CountDownLatch(1);
        Membership membership =
                await(Membership.watch(cluster.node(0), "forgotten", Duration.ofMillis(50), 3, dropped::countDown));
        assertThat(membership.check().succeeded()).isTrue();
        assertThat(membership.size()).isEqualTo(3);

        Registry.forget(cluster.node(1), BusAddresses.node("forgotten"));

        assertThat(dropped.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(membership.check().failed()).isTrue();
        await(membership.close());
    }

    @Test
    void nodesOfAnotherClusterNameAreStrangers() {
        Vertx stranger = await(LocalCluster.start(LocalCluster.config(
                "strangers", LocalCluster.freePort(), List.of("127.0.0.1:" + LocalCluster.freePort()))));
        Membership alone = await(Membership.watch(stranger, "stranger", Duration.ofSeconds(5), 3, () -> {}));

        assertThat(alone.size()).isEqualTo(1);

        await(stranger.close());
    }

    @Test
    void withoutAClusterANodeIsItsOwnOnlyMember() {
        Vertx vertx = Vertx.vertx();
        Membership alone = await(Membership.watch(vertx, "alone", Duration.ofSeconds(5), 3, () -> {}));

        assertThat(alone.check().succeeded()).isTrue();
        assertThat(alone.size()).isEqualTo(1);

        await(vertx.close());
    }

    private Bus bus(int node) {
        return new Bus(cluster.node(node)).register(new WordCodec(1));
    }

    record Word(String text) {}

    static final class WordCodec extends VersionedCodec<Word> {
        WordCodec(int version) {
            super(Word.class, "word", version);
        }

        @Override
        protected void write(Word word, BusWriter out) {
            out.putString(word.text());
        }

        @Override
        protected Word read(int version, BusReader in) {
            return new Word(in.getString());
        }
    }

    /** One more node of the cluster, of another release. */
    private final class Newcomer implements AutoCloseable {
        final Vertx vertx = await(cluster.join());
        final Bus bus;

        Newcomer(WordCodec codec) {
            this.bus = new Bus(vertx).register(codec);
        }

        @Override
        public void close() {
            await(vertx.close());
        }
    }
}
