package dev.sandpiper.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The judge itself is on trial: it must acquit the innocent and find every planted crime. */
class HistoryTest {
    private static final int EVENTS = 20;

    private final AtomicLong clock = new AtomicLong();
    private final History history = new History(clock::incrementAndGet);
    private final Reader reader = history.reader("r");
    private final List<Entry> stream = new ArrayList<>();

    /** One sender, one event after the other; all is well. */
    HistoryTest() {
        for (int i = 0; i < EVENTS; i++) {
            history.sending("e" + i);
            history.acknowledged("e" + i, "c" + i);
            stream.add(entry(i));
        }
    }

    @Test
    void aFlawlessHistoryIsAcquitted() {
        deliver(stream);
        assertThat(history.violations(stream)).isEmpty();
        assertThat(history.acknowledged()).isEqualTo(EVENTS);
        assertThat(reader.cursor()).isEqualTo("c19");
    }

    @Test
    void anEventLostOnTheWayToAReaderIsFound() {
        List<Entry> given = new ArrayList<>(stream);
        given.remove(7);
        deliver(given);
        assertThat(history.violations(stream)).containsExactly("Reader r was never given (1): e7");
    }

    @Test
    void theLastEventLostIsFoundToo() {
        deliver(stream.subList(0, EVENTS - 1));
        assertThat(history.violations(stream)).containsExactly("Reader r was never given (1): e19");
    }

    @Test
    void anEventGivenTwiceIsFound() {
        List<Entry> given = new ArrayList<>(stream);
        given.add(12, entry(3));
        deliver(given);
        assertThat(history.violations(stream)).containsExactly("Reader r was given twice (1): e3");
    }

    @Test
    void twoEventsThatChangedPlacesAreFound() {
        List<Entry> given = new ArrayList<>(stream);
        Collections.swap(given, 4, 5);
        deliver(given);
        assertThat(history.violations(stream)).containsExactly("Reader r was given out of order (1): e4");
    }

    @Test
    void anEventWithAnothersCursorIsFound() {
        List<Entry> given = new ArrayList<>(stream);
        given.set(4, new Entry("e4", "c5"));
        deliver(given);
        assertThat(history.violations(stream)).containsExactly("Reader r was given another cursor with (1): e4");
    }

    @Test
    void anAcknowledgedEventThatTheStreamLostIsFoundEvenWhenReadersHadIt() {
        deliver(stream);
        stream.remove(9);
        assertThat(history.violations(stream))
                .containsExactlyInAnyOrder(
                        "The stream has lost what was acknowledged (1): e9",
                        "Reader r was given what is not stored (1): e9");
    }

    @Test
    void anEventStoredTwiceIsFound() {
        stream.add(new Entry("e2", "c99"));
        deliver(stream.subList(0, EVENTS));
        assertThat(history.violations(stream)).anyMatch(said -> said.startsWith("The stream holds twice (1): e2"));
    }

    @Test
    void aStreamThatDeniesWhatWasAcknowledgedFirstIsFoundThoughReadersAgreeWithIt() {
        Collections.swap(stream, 10, 11);
        deliver(stream);
        assertThat(history.violations(stream)).containsExactly("The stream puts too early (1): e11");
    }

    @Test
    void aCursorThatDiffersFromTheReceiptIsFound() {
        stream.set(6, new Entry("e6", "c66"));
        deliver(stream);
        assertThat(history.violations(stream))
                .containsExactly("The stream has another cursor than the receipt of (1): e6");
    }

    @Test
    void whatNobodySentIsFound() {
        stream.add(new Entry("ghost", "c100"));
        deliver(stream);
        assertThat(history.violations(stream)).containsExactly("The stream holds what nobody sent (1): ghost");
    }

    @Test
    void anEventOfUnknownOutcomeMayBeStoredOrNot() {
        history.sending("perhaps");
        deliver(stream);
        assertThat(history.violations(stream)).isEmpty();

        var perhaps = new Entry("perhaps", "c20");
        reader.delivered(perhaps.event(), perhaps.cursor());
        stream.add(perhaps);
        assertThat(history.violations(stream)).isEmpty();
    }

    @Test
    void eventsThatWereUnderWayTogetherMayStandInEitherOrder() {
        history.sending("a");
        history.sending("b");
        history.acknowledged("a", "c21");
        history.acknowledged("b", "c20");
        stream.add(new Entry("b", "c20"));
        stream.add(new Entry("a", "c21"));
        deliver(stream);
        assertThat(history.violations(stream)).isEmpty();
    }

    @Test
    void theLongestGapIsThatBetweenNeighbouringReceipts() {
        clock.addAndGet(1_000);
        history.sending("late");
        history.acknowledged("late", "c20");
        assertThat(history.longestGap()).isEqualTo(Duration.ofNanos(1_002));
    }

    private void deliver(List<Entry> entries) {
        entries.forEach(entry -> reader.delivered(entry.event(), entry.cursor()));
    }

    private static Entry entry(int number) {
        return new Entry("e" + number, "c" + number);
    }
}
