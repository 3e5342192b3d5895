package dev.sandpiper.retention;

import dev.sandpiper.runtime.bus.BusReader;
import dev.sandpiper.runtime.bus.BusWriter;
import dev.sandpiper.runtime.bus.VersionedCodec;

/** {@link JanitorRequest} between nodes. */
final class JanitorRequestCodec extends VersionedCodec<JanitorRequest> {
    JanitorRequestCodec() {
        super(JanitorRequest.class, "janitor-request", 1);
    }

    @Override
    protected void write(JanitorRequest message, BusWriter out) {
        out.putString(message.operation().name())
                .putString(message.tenant())
                .putString(message.project())
                .putString(message.topics())
                .putLong(message.before())
                .putBoolean(message.dryRun());
    }

    @Override
    protected JanitorRequest read(int version, BusReader in) {
        return new JanitorRequest(
                JanitorRequest.Operation.valueOf(in.getString()),
                in.getString(),
                in.getString(),
                in.getString(),
                in.getLong(),
                in.getBoolean());
    }
}
