package dev.sandpiper.tokens;

import dev.sandpiper.domain.ChannelAccess;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.TokenIdentity;
import dev.sandpiper.protocol.StrictJson;
import dev.sandpiper.tokens.jose.JwsKey;
import dev.sandpiper.tokens.outbound.Outbound;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /admin/issuers}: {@code {tenant?, project?, type, issuer, audience?, url?, secret?, leeway_seconds?, scopes?,
 * channels?}}; and, with the last three alone, of {@code PATCH}.
 */
record NewIssuerBody(
        @Nullable TenantId tenant,
        @Nullable ProjectId project,
        IssuerType type,
        String issuer,
        @Nullable String audience,
        @Nullable URI url,
        @Nullable String secret,
        Duration leeway,
        Set<Scope> scopes,
        ChannelAccess channels) {
    static final Duration MAX_LEEWAY = Duration.ofMinutes(5);
    private static final Duration DEFAULT_LEEWAY = Duration.ofSeconds(30);
    private static final int MAX_NAME = 255;
    private static final int MAX_URL = 2_048;
    private static final int MAX_SECRET = 1_024;

    /** @throws PlatformException saying what is wrong; members that are not known are refused, not overlooked */
    static NewIssuerBody parse(byte[] body) {
        var reader = new Reader();
        reader.read(body, true);
        return reader.created();
    }

    /** Likewise, of what can be changed. */
    static TokenStore.Change change(byte[] body) {
        var reader = new Reader();
        reader.read(body, false);
        if (reader.leeway == null && reader.scopes == null && reader.channels == null) {
            throw fault("leeway_seconds", "or scopes or channels is required; nothing else can be changed");
        }
        return new TokenStore.Change(reader.leeway, reader.scopes, reader.channels);
    }

    /** Collects the members. */
    private static final class Reader {
        private @Nullable TenantId tenant;
        private @Nullable ProjectId project;
        private @Nullable IssuerType type;
        private @Nullable String issuer;
        private @Nullable String audience;
        private @Nullable URI url;
        private @Nullable String secret;
        private @Nullable Duration leeway;
        private @Nullable Set<Scope> scopes;
        private @Nullable ChannelAccess channels;

        void read(byte[] body, boolean all) {
            try (StrictJson json = StrictJson.read(body, 0, body.length)) {
                json.beginObject();
                for (String member = json.nextMember(); member != null; member = json.nextMember()) {
                    switch (member) {
                        case "leeway_seconds" -> leeway = leeway(member, json.wholeNumber(member));
                        case "scopes" -> scopes = scopes(json, member);
                        case "channels" -> channels = Claims.channels(json, member);
                        default -> {
                            if (!all) {
                                throw fault(member, "cannot be changed; make another issuer");
                            }
                            identity(json, member);
                        }
                    }
                }
                json.end();
            }
        }

        private void identity(StrictJson json, String member) {
            String text = json.string(member);
            switch (member) {
                case "tenant" -> tenant = Place.tenant(member, text);
                case "project" -> project = Place.project(member, text);
                case "type" ->
                    type = IssuerType.named(text).orElseThrow(() -> fault(member, "must be secret, jwks or handler"));
                case "issuer" -> issuer = name(member, text);
                case "audience" -> audience = audience(member, text);
                case "url" -> url = url(member, text);
                case "secret" -> secret = secret(member, text);
                default -> throw fault(member, "is not known here");
            }
        }

        NewIssuerBody created() {
            if (type == null) {
                throw fault("type", "is required");
            }
            if (issuer == null) {
                throw fault("issuer", "is required");
            }
            if (type == IssuerType.SECRET ? url != null : url == null) {
                throw fault("url", type == IssuerType.SECRET ? "is not for this type" : "is required");
            }
            if (type == IssuerType.JWKS && secret != null) {
                throw fault("secret", "is not for this type");
            }
            return new NewIssuerBody(
                    tenant,
                    project,
                    type,
                    issuer,
                    audience,
                    url,
                    secret,
                    leeway == null ? DEFAULT_LEEWAY : leeway,
                    scopes == null ? Issuer.GRANTABLE : scopes,
                    channels == null ? ChannelAccess.NONE : channels);
        }
    }

    private static Duration leeway(String member, long seconds) {
        if (seconds < 0 || seconds > MAX_LEEWAY.toSeconds()) {
            throw fault(member, "must be from 0 to " + MAX_LEEWAY.toSeconds());
        }
        return Duration.ofSeconds(seconds);
    }

    private static Set<Scope> scopes(StrictJson json, String member) {
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        for (String name : Claims.strings(json, member)) {
            Scope scope = Scope.named(name).orElseThrow(() -> fault(member, "has an item that is no scope"));
            if (!Issuer.GRANTABLE.contains(scope)) {
                throw fault(member, "has a scope that users cannot have: only events:publish and events:subscribe");
            }
            scopes.add(scope);
        }
        if (scopes.isEmpty()) {
            throw fault(member, "must not be empty");
        }
        return scopes;
    }

    private static String name(String member, String text) {
        if (text.isEmpty() || text.length() > MAX_NAME || !text.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
            throw fault(member, "must be 1 to " + MAX_NAME + " printable ASCII characters without spaces");
        }
        return text;
    }

    private static String audience(String member, String text) {
        if (Issuer.namesProject(text)) {
            throw fault(
                    member, "must not begin with sandpiper:, which names projects; leave it out for this project's");
        }
        return name(member, text);
    }

    private static URI url(String member, String text) {
        if (text.length() > MAX_URL) {
            throw fault(member, "has at most " + MAX_URL + " characters");
        }
        try {
            return Outbound.requireUsable(text);
        } catch (IllegalArgumentException e) {
            throw new PlatformException(
                    new RequestError.InvalidParameter(
                            member, "must be an absolute URL of https, without user and fragment"),
                    e);
        }
    }

    private static String secret(String member, String text) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < JwsKey.MIN_SECRET || bytes > MAX_SECRET) {
            throw fault(member, "must have from " + JwsKey.MIN_SECRET + " to " + MAX_SECRET + " bytes");
        }
        return text;
    }

    static String subject(String member, String text) {
        if (!TokenIdentity.isSane(text)) {
            throw fault(member, "must be 1 to " + TokenIdentity.MAX_TEXT + " printable characters");
        }
        return text;
    }

    static PlatformException fault(String parameter, String reason) {
        return new PlatformException(new RequestError.InvalidParameter(parameter, reason));
    }

    @Override
    public String toString() {
        return "NewIssuerBody[" + type + ", " + issuer + "]";
    }
}
