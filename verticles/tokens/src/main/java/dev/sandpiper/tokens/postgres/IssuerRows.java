package dev.sandpiper.tokens.postgres;

import dev.sandpiper.domain.IssuerId;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.tokens.Issuer;
import dev.sandpiper.tokens.IssuerJson;
import dev.sandpiper.tokens.IssuerType;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.net.URI;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Rows of {@code token_issuers} as what they mean. */
final class IssuerRows {
    static final String COLUMNS =
            "id, tenant, project, type, issuer, audience, url, secret, leeway_ms, scopes, channels,"
                    + " created_at, deleted_at, version";

    private static final Logger log = LoggerFactory.getLogger(IssuerRows.class);

    private final IssuerSecrets secrets;

    IssuerRows(IssuerSecrets secrets) {
        this.secrets = secrets;
    }

    /** In the order of {@code id, tenant, project, type, issuer, audience, url, secret, leeway_ms, scopes, channels, created_at}. */
    Tuple parameters(Issuer issuer) {
        byte[] secret = issuer.secret();
        URI url = issuer.url();
        return Tuple.tuple()
                .addString(issuer.id().value())
                .addString(issuer.tenant().value())
                .addString(issuer.project().value())
                .addString(issuer.type().wireName())
                .addString(issuer.name())
                .addString(issuer.audience())
                .addString(url == null ? null : url.toString())
                .addBuffer(secret == null ? null : Buffer.buffer(secrets.seal(issuer.id(), secret)))
                .addLong(issuer.leeway().toMillis())
                .addArrayOfString(names(issuer.scopes()))
                .addString(IssuerJson.channels(issuer.channels()).encode())
                .addOffsetDateTime(issuer.createdAt().atOffset(ZoneOffset.UTC));
    }

    static String[] names(Set<Scope> scopes) {
        return scopes.stream().sorted().map(Scope::wireName).toArray(String[]::new);
    }

    /** One that was deleted. */
    static boolean isGone(Row row) {
        return row.getOffsetDateTime("deleted_at") != null;
    }

    /** Likewise, of one whose users can be let in; empty for one whose users are refused, because this node lacks what it needs. */
    Optional<Issuer> usable(Row row) {
        Issuer issuer = issuer(row);
        if (row.getBuffer("secret") != null && issuer.secret() == null) {
            log.atError()
                    .addKeyValue("issuer", issuer.id())
                    .log("The users of an issuer are refused: its secret was stored under another SANDPIPER_SECRET");
            return Optional.empty();
        }
        return Optional.of(issuer);
    }

    /** Without its secret when that cannot be read. */
    Issuer issuer(Row row) {
        var id = new IssuerId(row.getString("id"));
        Buffer sealed = row.getBuffer("secret");
        byte[] secret =
                sealed == null ? null : secrets.open(id, sealed.getBytes()).orElse(null);
        String url = row.getString("url");
        return new Issuer(
                id,
                new TenantId(row.getString("tenant")),
                new ProjectId(row.getString("project")),
                IssuerType.named(row.getString("type"))
                        .orElseThrow(() -> new IllegalStateException("the database knows three types")),
                row.getString("issuer"),
                row.getString("audience"),
                url == null ? null : URI.create(url),
                secret,
                Duration.ofMillis(row.getLong("leeway_ms")),
                scopes(row),
                IssuerJson.channels(row.getString("channels")),
                row.getOffsetDateTime("created_at").toInstant());
    }

    /** What a newer version may have written and this one does not know, it cannot allow either. */
    private static Set<Scope> scopes(Row row) {
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        for (String name : row.getArrayOfStrings("scopes")) {
            Scope.named(name).ifPresent(scopes::add);
        }
        return scopes;
    }
}
