package dev.sandpiper.topics;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.bus.BusReader;
import dev.sandpiper.runtime.bus.BusWriter;
import dev.sandpiper.runtime.bus.VersionedCodec;

/** A rule of this project is not what it was; told to every node, which then reads what it is. */
record RuleChange(TenantId tenant, ProjectId project) {
    /** Between nodes. */
    static final class Codec extends VersionedCodec<RuleChange> {
        Codec() {
            super(RuleChange.class, "topic-rule-change", 1);
        }

        @Override
        protected void write(RuleChange message, BusWriter out) {
            out.putString(message.tenant().value()).putString(message.project().value());
        }

        @Override
        protected RuleChange read(int version, BusReader in) {
            return new RuleChange(new TenantId(in.getString()), new ProjectId(in.getString()));
        }
    }
}
