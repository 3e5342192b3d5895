package dev.sandpiper.tokens;

import io.vertx.core.Future;

/** Checks what an issuer of one type says. Safe for use by several threads. */
sealed interface Checker permits TokenChecker, HandlerChecker {
    Issuer issuer();

    /**
     * For whom the credential speaks, and how long. Completes anywhere. Fails with {@code INVALID_TOKEN}, {@code ISSUER_UNAVAILABLE}
     * or {@code SERVER_BUSY}.
     *
     * @param credential without the issuer's id
     */
    Future<Testimony> check(String credential);

    /** For the same issuer after its leeway, scopes or channels were changed; keeps what was learnt of its keys. */
    Checker changed(Issuer changed);
}
