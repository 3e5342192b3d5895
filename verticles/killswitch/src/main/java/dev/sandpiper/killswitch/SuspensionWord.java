package dev.sandpiper.killswitch;

import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.bus.BusReader;
import dev.sandpiper.runtime.bus.BusWriter;
import dev.sandpiper.runtime.bus.VersionedCodec;

/**
 * A tenant was suspended or resumed; told to every node.
 *
 * @param version that the change has in PostgreSQL
 */
record SuspensionWord(TenantId tenant, long version, boolean suspended) {
    static final class Codec extends VersionedCodec<SuspensionWord> {
        Codec() {
            super(SuspensionWord.class, "suspension", 1);
        }

        @Override
        protected void write(SuspensionWord message, BusWriter out) {
            out.putString(message.tenant().value()).putLong(message.version()).putBoolean(message.suspended());
        }

        @Override
        protected SuspensionWord read(int version, BusReader in) {
            return new SuspensionWord(new TenantId(in.getString()), in.getLong(), in.getBoolean());
        }
    }
}
