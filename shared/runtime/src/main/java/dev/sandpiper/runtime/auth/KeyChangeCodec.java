package dev.sandpiper.runtime.auth;

import dev.sandpiper.domain.KeyId;
import dev.sandpiper.runtime.auth.KeyChange.Kind;
import dev.sandpiper.runtime.bus.BusReader;
import dev.sandpiper.runtime.bus.BusWriter;
import dev.sandpiper.runtime.bus.VersionedCodec;

/** {@link KeyChange} between nodes. Version 1 knew two kinds only; its nodes find out by asking PostgreSQL. */
final class KeyChangeCodec extends VersionedCodec<KeyChange> {
    KeyChangeCodec() {
        super(KeyChange.class, "key-change", 2);
    }

    @Override
    protected void write(KeyChange message, BusWriter out) {
        out.putString(message.id().value())
                .putLong(message.version())
                .putBoolean(message.kind() == Kind.GONE)
                .putBoolean(message.cuts());
    }

    @Override
    protected KeyChange read(int version, BusReader in) {
        var id = new KeyId(in.getString());
        long row = in.getLong();
        boolean gone = in.getBoolean();
        boolean cuts = version == 1 ? gone : in.getBoolean();
        return new KeyChange(id, row, gone ? Kind.GONE : cuts ? Kind.NARROWED : Kind.CHANGED);
    }
}
