package dev.sandpiper.runtime.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VersionedCodecTest {
    private static final int PREFIX = 3;

    private final NoteCodec codec = new NoteCodec(2);
    private final Note note = new Note("Grüße", new byte[] {1, 2, 3}, null, 7L, true);

    @Test
    void aMessageComesBackAsItWasSent() {
        Note read = (Note) codec.decodeFromWire(PREFIX, encoded(codec));

        assertThat(read.text()).isEqualTo("Grüße");
        assertThat(read.bytes()).containsExactly(1, 2, 3);
        assertThat(read.optional()).isNull();
        assertThat(read.number()).isEqualTo(7);
        assertThat(read.flag()).isTrue();
    }

    @Test
    void withinANodeTheObjectItselfIsDelivered() {
        assertThat(codec.transform(note)).isSameAs(note);
    }

    @Test
    void theVersionIsTheFirstByte() {
        assertThat(encoded(codec).getByte(PREFIX)).isEqualTo((byte) 2);
    }

    @Test
    void anOlderVersionIsStillRead() {
        assertThat(codec.decodeFromWire(PREFIX, encoded(new NoteCodec(1)))).isInstanceOf(Note.class);
    }

    @Test
    void aNewerVersionIsRefusedWithoutThrowing() {
        Object refusal = codec.decodeFromWire(PREFIX, encoded(new NoteCodec(3)));

        assertThat(refusal).isInstanceOfSatisfying(ReplyException.class, e -> {
            assertThat(e.failureCode()).isEqualTo(Bus.REFUSED);
            assertThat(e).hasMessageContaining("has version 3, this node knows 1 to 2");
        });
    }

    @Test
    void aMessageCutShortAnywhereIsRefusedWithoutThrowing() {
        byte[] whole = encoded(codec).getBytes();
        for (int length = PREFIX + 1; length < whole.length; length++) {
            Buffer cut = Buffer.buffer(Arrays.copyOf(whole, length));
            assertThat(codec.decodeFromWire(PREFIX, cut)).isInstanceOf(ReplyException.class);
        }
    }

    @Test
    void aFieldThatClaimsMoreThanThereIsAllocatesNothing() {
        Buffer lying = Buffer.buffer().appendByte((byte) 2).appendInt(Integer.MAX_VALUE);

        assertThat(codec.decodeFromWire(0, lying)).isInstanceOf(ReplyException.class);
    }

    private Buffer encoded(NoteCodec by) {
        Buffer buffer = Buffer.buffer().appendBytes(new byte[PREFIX]);
        by.encodeToWire(buffer, note);
        return buffer;
    }

    record Note(String text, byte[] bytes, @Nullable String optional, long number, boolean flag) {}

    static final class NoteCodec extends VersionedCodec<Note> {
        NoteCodec(int version) {
            super(Note.class, "note", version);
        }

        @Override
        protected void write(Note note, BusWriter out) {
            out.putString(note.text())
                    .putBytes(note.bytes())
                    .putOptional(note.optional())
                    .putLong(note.number())
                    .putBoolean(note.flag());
        }

        @Override
        protected Note read(int version, BusReader in) {
            return new Note(in.getString(), in.getBytes(), in.getOptional(), in.getLong(), in.getBoolean());
        }
    }
}
