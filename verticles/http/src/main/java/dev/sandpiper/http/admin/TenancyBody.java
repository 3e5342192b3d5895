package dev.sandpiper.http.admin;

import com.fasterxml.jackson.core.JsonToken;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.protocol.StrictJson;
import dev.sandpiper.runtime.auth.ProjectLimits;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The bodies of tenants, {@code {id?, name, plan?, status?}}, and of projects, {@code {tenant?, id?, name, limits?}}. What is not there is
 * null.
 */
record TenancyBody(
        @Nullable TenantId tenant,
        @Nullable String id,
        @Nullable String name,
        @Nullable String plan,
        @Nullable String status,
        @Nullable ProjectLimits limits) {
    static final Set<String> NEW_TENANT = Set.of("id", "name", "plan");
    static final Set<String> TENANT = Set.of("name", "plan", "status");
    static final Set<String> NEW_PROJECT = Set.of("tenant", "id", "name", "limits");
    static final Set<String> PROJECT = Set.of("name", "limits");
    private static final Set<String> STATUSES = Set.of("active", "trial", "past_due");
    private static final int MAX_PLAN = 40;
    private static final int MAX_ID = 40;

    /**
     * @param members that may be there
     * @throws dev.sandpiper.domain.PlatformException saying what is wrong
     */
    static TenancyBody parse(byte[] body, Set<String> members) {
        TenantId tenant = null;
        String id = null;
        String name = null;
        String plan = null;
        String status = null;
        ProjectLimits limits = null;
        try (StrictJson json = StrictJson.read(body, 0, body.length)) {
            json.beginObject();
            for (String member = json.nextMember(); member != null; member = json.nextMember()) {
                if (!members.contains(member)) {
                    throw AdminFields.fault(member, "is not known here");
                }
                switch (member) {
                    case "tenant" -> tenant = AdminFields.tenant(member, json.string(member));
                    case "id" -> id = json.string(member);
                    case "name" -> name = AdminFields.name(member, json.string(member));
                    case "plan" -> plan = AdminFields.text(member, json.string(member), MAX_PLAN);
                    case "status" -> status = status(member, json.string(member));
                    default -> limits = limits(member, json);
                }
            }
            json.end();
        }
        return new TenancyBody(tenant, id, name, plan, status, limits);
    }

    String requiredName() {
        if (name == null) {
            throw AdminFields.fault("name", "is required");
        }
        return name;
    }

    TenantId tenantId() {
        return AdminFields.tenant("id", id == null ? slug() : id);
    }

    ProjectId projectId() {
        return AdminFields.project("id", id == null ? slug() : id);
    }

    /** What is left of the name in an id. */
    private String slug() {
        String slug = requiredName()
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^-+|-+$", "");
        if (slug.isEmpty()) {
            throw AdminFields.fault("id", "is required when the name has no letters or digits for one");
        }
        return slug.substring(0, Math.min(slug.length(), MAX_ID));
    }

    private static String status(String member, String text) {
        if (!STATUSES.contains(text)) {
            throw AdminFields.fault(
                    member, "must be active, trial or past_due; a tenant is suspended by its own route");
        }
        return text;
    }

    private static ProjectLimits limits(String member, StrictJson json) {
        if (json.next() != JsonToken.START_OBJECT) {
            throw AdminFields.fault(member, "must be an object");
        }
        Map<String, Long> limits = new HashMap<>();
        for (String name = json.nextMember(); name != null; name = json.nextMember()) {
            String path = member + "." + name;
            if (!ProjectLimits.NAMES.contains(name)) {
                throw AdminFields.fault(path, "is not known here");
            }
            Long value = json.wholeNumberOrNull(path);
            if (value != null && value < 1) {
                throw AdminFields.fault(path, "must be at least 1");
            }
            if (value != null) {
                limits.put(name, value);
            }
        }
        return new ProjectLimits(limits);
    }
}
