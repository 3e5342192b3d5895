package dev.sandpiper.runtime.auth;

import dev.sandpiper.domain.CredentialError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.runtime.postgres.Database;
import dev.sandpiper.runtime.postgres.DatabaseAccess;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One-use credentials for clients that cannot set headers. A ticket is bought with a key and good for seconds; redeeming
 * deletes it, and PostgreSQL lets only one of several that try at once do so. Only hashes are stored.
 */
final class Tickets {
    private static final String PREFIX = "spt_";
    private static final String GRANT = Stream.of(KeyRows.GRANT.split(", ", -1))
            .map(column -> "k." + column)
            .collect(Collectors.joining(", "));
    private static final int LENGTH = PREFIX.length() + Base62.LENGTH_OF_256_BITS;

    private final DatabaseAccess database;
    private final Duration lifetime;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    Tickets(Database database, Duration lifetime, Clock clock) {
        this.database = database.platform();
        this.lifetime = lifetime;
        this.clock = clock;
    }

    Future<String> issue(Principal principal) {
        String ticket = PREFIX + Base62.random(random, Base62.LENGTH_OF_256_BITS);
        return database.query(
                        "INSERT INTO tickets (hash, tenant, project, key_id, scopes, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
                        Tuple.of(
                                hash(ticket),
                                principal.tenant().value(),
                                principal.project().value(),
                                principal.key().value(),
                                KeyRows.names(principal.scopes()),
                                at(Instant.now(clock).plus(lifetime))))
                .map(ticket);
    }

    /** Fails with {@code INVALID_TICKET}, also when the key behind it was taken away in the meantime. */
    Future<Principal> redeem(String ticket, Caller caller) {
        boolean wellFormed =
                ticket.length() == LENGTH && ticket.startsWith(PREFIX) && Base62.isAll(ticket, PREFIX.length(), LENGTH);
        if (!wellFormed) {
            return Future.failedFuture(new PlatformException(new CredentialError.InvalidTicket()));
        }
        return database.query(
                        "DELETE FROM tickets t USING api_keys k WHERE t.hash = $1 AND k.id = t.key_id"
                                + " RETURNING t.tenant, t.project, t.key_id, t.scopes AS ticket_scopes, t.expires_at AS ticket_expires_at,"
                                + " k.revoked_at, k.replaced_by, " + GRANT,
                        Tuple.of(hash(ticket)))
                .map(rows -> principal(rows, caller));
    }

    /** Removes tickets that nobody redeemed. */
    Future<Integer> purge() {
        return database.query(
                        "DELETE FROM tickets WHERE hash IN"
                                + " (SELECT hash FROM tickets WHERE expires_at < $1 LIMIT 10000 FOR UPDATE SKIP LOCKED)",
                        Tuple.of(at(Instant.now(clock))))
                .map(RowSet::rowCount);
    }

    private Principal principal(RowSet<Row> rows, Caller caller) {
        if (rows.rowCount() == 1) {
            Row row = rows.iterator().next();
            Instant now = Instant.now(clock);
            KeyGrant grant = KeyRows.grant(row);
            boolean valid = row.getOffsetDateTime("revoked_at") == null
                    && isAfter(grant.expiresAt(), now)
                    && isAfter(KeyRows.instant(row, "ticket_expires_at"), now);
            if (valid) {
                PlatformException refusal = grant.callers().refusal(caller);
                if (refusal != null) {
                    throw refusal;
                }
                return principal(row, grant);
            }
        }
        throw new PlatformException(new CredentialError.InvalidTicket());
    }

    /** What the key allows now, as far as the ticket was sold for it. */
    private static Principal principal(Row row, KeyGrant grant) {
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        scopes.addAll(KeyRows.scopes(row.getArrayOfStrings("ticket_scopes")));
        scopes.retainAll(grant.scopes());
        return KeyRows.principal(row, "key_id", scopes, grant, row.getString("replaced_by") != null);
    }

    private static boolean isAfter(@Nullable Instant end, Instant now) {
        return end == null || end.isAfter(now);
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static Buffer hash(String ticket) {
        try {
            byte[] bytes = ticket.getBytes(StandardCharsets.US_ASCII);
            return Buffer.buffer(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
