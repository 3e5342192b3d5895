package dev.sandpiper.embed;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.CredentialError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TokenIdentity;
import dev.sandpiper.embed.UserAuthentication.User;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The users whom the embedding application checks itself, by the name that their credentials begin with. */
final class LocalUsers {
    private static final Logger log = LoggerFactory.getLogger(LocalUsers.class);

    /** Shorter than the id of an issuer, so that none of these can be taken for one. */
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,14}");

    private final Map<String, UserAuthentication> byName = new HashMap<>();

    void add(String name, UserAuthentication authentication) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("a name is 1 to 15 characters of [a-z0-9-], the first a letter");
        }
        if (byName.putIfAbsent(name, authentication) != null) {
            throw new IllegalArgumentException("there is an authentication named " + name + " already");
        }
    }

    Map<String, Function<String, Future<Principal>>> checks() {
        Map<String, Function<String, Future<Principal>>> checks = new HashMap<>();
        byName.forEach(
                (name, authentication) -> checks.put(name, credential -> check(name, authentication, credential)));
        return checks;
    }

    private static Future<Principal> check(String name, UserAuthentication authentication, String credential) {
        Future<Optional<User>> answer;
        try {
            answer = authentication.check(credential);
        } catch (RuntimeException e) {
            answer = Future.failedFuture(e);
        }
        return answer.transform(result -> {
            if (result.succeeded()) {
                return principal(result.result());
            }
            log.atWarn()
                    .addKeyValue("authentication", name)
                    .setCause(result.cause())
                    .log("A user could not be checked");
            return Future.failedFuture(
                    new PlatformException(new AvailabilityError.IssuerUnavailable(), result.cause()));
        });
    }

    private static Future<Principal> principal(Optional<User> found) {
        if (found.isEmpty()
                || !TokenIdentity.isSane(found.get().subject())
                || !found.get().expiresAt().isAfter(Instant.now())) {
            return Future.failedFuture(new PlatformException(new CredentialError.InvalidToken()));
        }
        User user = found.get();
        Set<Scope> scopes = EnumSet.of(Scope.EVENTS_PUBLISH, Scope.EVENTS_SUBSCRIBE);
        scopes.retainAll(user.scopes());
        return Future.succeededFuture(new Principal(
                user.tenant(),
                user.project(),
                null,
                scopes,
                user.channels(),
                new TokenIdentity(null, user.subject(), null, user.issuedAt(), user.expiresAt())));
    }
}
