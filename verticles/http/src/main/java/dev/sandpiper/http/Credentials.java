package dev.sandpiper.http;

import dev.sandpiper.domain.CredentialError;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.runtime.auth.Authenticator;
import dev.sandpiper.runtime.http.QueryParameters;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/** Finds the credential of a request and has it checked. */
final class Credentials {
    private static final CharSequence API_KEY = HttpHeaders.createOptimized("x-api-key");
    private static final String BEARER = "Bearer ";

    private final Authenticator authenticator;

    Credentials(Authenticator authenticator) {
        this.authenticator = authenticator;
    }

    /** From the headers, or a ticket from the query when there is none in the headers. */
    Future<Principal> check(Exchange exchange) {
        try {
            String credential = inHeaders(exchange.request().headers());
            if (exchange.hasQuery()) {
                QueryParameters query = exchange.query();
                if (query.hasCredential()) {
                    return refuse(new CredentialError.CredentialInQuery());
                }
                String ticket = query.get(QueryParameters.TICKET);
                if (credential == null && ticket != null) {
                    return authenticator.redeem(ticket, exchange);
                }
            }
            return credential == null
                    ? refuse(new CredentialError.MissingCredentials())
                    : authenticator.authenticate(credential, exchange);
        } catch (PlatformException e) {
            return Future.failedFuture(e);
        }
    }

    private static @Nullable String inHeaders(MultiMap headers) {
        String authorization = headers.get(HttpHeaders.AUTHORIZATION);
        String key = headers.get(API_KEY);
        if (authorization == null) {
            return key == null || key.isBlank() ? null : key.strip();
        }
        String token = bearer(authorization);
        if (key != null && token != null && !token.equals(key.strip())) {
            throw new PlatformException(
                    new RequestError.InvalidRequest("Authorization and X-API-Key carry different credentials"));
        }
        return token;
    }

    /** Null for a scheme that is not ours. */
    private static @Nullable String bearer(String authorization) {
        if (!authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return null;
        }
        String token = authorization.substring(BEARER.length()).strip();
        return token.isEmpty() ? null : token;
    }

    private static Future<Principal> refuse(PlatformError error) {
        return Future.failedFuture(new PlatformException(error));
    }
}
