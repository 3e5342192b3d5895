package dev.sandpiper.runtime.auth;

import dev.sandpiper.domain.KeyId;
import dev.sandpiper.runtime.bus.BusReader;
import dev.sandpiper.runtime.bus.BusWriter;
import dev.sandpiper.runtime.bus.VersionedCodec;

/** {@link KeyChange} between nodes. */
final class KeyChangeCodec extends VersionedCodec<KeyChange> {
    KeyChangeCodec() {
        super(KeyChange.class, "key-change", 1);
    }

    @Override
    protected void write(KeyChange message, BusWriter out) {
        out.putString(message.id().value()).putLong(message.version()).putBoolean(message.revoked());
    }

    @Override
    protected KeyChange read(int version, BusReader in) {
        return new KeyChange(new KeyId(in.getString()), in.getLong(), in.getBoolean());
    }
}
