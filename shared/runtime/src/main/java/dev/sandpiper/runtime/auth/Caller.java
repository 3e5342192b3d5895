package dev.sandpiper.runtime.auth;

import org.jspecify.annotations.Nullable;

/** Where a credential was presented. Asked only about keys that are limited to some places, and now and then for the record. */
public interface Caller {
    /** Of whom nothing is known: good enough for keys without such limits. */
    Caller UNKNOWN = new Caller() {
        @Override
        public String address() {
            return "";
        }

        @Override
        public @Nullable String origin() {
            return null;
        }
    };

    /** What a credential is presented for. */
    enum Purpose {
        READ_ADMINISTRATION,
        ADMINISTER,
        USE
    }

    /** What the credential is presented for: asked only when its tenant is not served. */
    default Purpose purpose() {
        return Purpose.USE;
    }

    /** The client's address, looking through configured proxies only; empty when it is not known. */
    String address();

    /** The {@code Origin} that a browser named; null without one. */
    @Nullable
    String origin();
}
