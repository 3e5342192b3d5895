package dev.sandpiper.retention;

import dev.sandpiper.runtime.bus.BusReader;
import dev.sandpiper.runtime.bus.BusWriter;
import dev.sandpiper.runtime.bus.VersionedCodec;

/** {@link JanitorAnswer} between nodes. */
final class JanitorAnswerCodec extends VersionedCodec<JanitorAnswer> {
    JanitorAnswerCodec() {
        super(JanitorAnswer.class, "janitor-answer", 1);
    }

    @Override
    protected void write(JanitorAnswer message, BusWriter out) {
        out.putString(message.json())
                .putLong(message.events())
                .putLong(message.bytes())
                .putInt(message.topics())
                .putInt(message.heldTopics());
    }

    @Override
    protected JanitorAnswer read(int version, BusReader in) {
        return new JanitorAnswer(in.getString(), in.getLong(), in.getLong(), in.getInt(), in.getInt());
    }
}
