package dev.sandpiper.cells;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.protocol.StrictJson;
import dev.sandpiper.runtime.config.Durations;
import java.time.Duration;

/** What operators send. Every method throws a {@link PlatformException} that says what is wrong. */
final class CellBodies {
    private static final int MAX_REPLICAS = 5;
    private static final Duration LONGEST = Duration.ofDays(3_650);

    private CellBodies() {}

    /** Where to move whom. */
    record MoveBody(TenantId tenant, String to) {}

    /** {@code {tenant, to}}. */
    static MoveBody move(byte[] body) {
        TenantId tenant = null;
        String to = null;
        try (StrictJson json = StrictJson.read(body, 0, body.length)) {
            json.beginObject();
            for (String member = json.nextMember(); member != null; member = json.nextMember()) {
                switch (member) {
                    case "tenant" -> tenant = tenant(member, json.string(member));
                    case "to" -> to = json.string(member);
                    default -> throw unknown(member);
                }
            }
            json.end();
        }
        if (tenant == null) {
            throw fault("tenant", "is required");
        }
        if (to == null) {
            throw fault("to", "is required");
        }
        return new MoveBody(tenant, to);
    }

    /** {@code {tenant, storage?, replicas?, max_bytes?, max_age?}}. */
    static StreamRow stream(byte[] body) {
        TenantId tenant = null;
        boolean memory = false;
        long replicas = 0;
        long maxBytes = 0;
        Duration maxAge = null;
        try (StrictJson json = StrictJson.read(body, 0, body.length)) {
            json.beginObject();
            for (String member = json.nextMember(); member != null; member = json.nextMember()) {
                switch (member) {
                    case "tenant" -> tenant = tenant(member, json.string(member));
                    case "storage" -> memory = isMemory(member, json.string(member));
                    case "replicas" -> replicas = within(member, json.wholeNumber(member), MAX_REPLICAS);
                    case "max_bytes" -> maxBytes = within(member, json.wholeNumber(member), Long.MAX_VALUE);
                    case "max_age" -> maxAge = age(member, json.string(member));
                    default -> throw unknown(member);
                }
            }
            json.end();
        }
        if (tenant == null) {
            throw fault("tenant", "is required");
        }
        return new StreamRow(0, tenant, memory, (int) replicas, maxBytes, maxAge, true);
    }

    static TenantId tenant(String member, String text) {
        try {
            return new TenantId(text);
        } catch (IllegalArgumentException e) {
            throw new PlatformException(new RequestError.InvalidParameter(member, "is no tenant id"), e);
        }
    }

    private static boolean isMemory(String member, String text) {
        return switch (text) {
            case "file" -> false;
            case "memory" -> true;
            default -> throw fault(member, "must be file or memory");
        };
    }

    private static long within(String member, long value, long most) {
        if (value < 1 || value > most) {
            throw fault(member, "must be from 1 to " + most);
        }
        return value;
    }

    private static Duration age(String member, String text) {
        Duration age = Durations.parse(text);
        if (age == null || age.compareTo(Duration.ofSeconds(1)) < 0 || age.compareTo(LONGEST) > 0) {
            throw fault(member, "must be a duration from 1s to 3650d");
        }
        return age;
    }

    private static PlatformException unknown(String member) {
        return fault(member.length() > 64 ? member.substring(0, 64) : member, "is not known here");
    }

    static PlatformException fault(String member, String reason) {
        return new PlatformException(new RequestError.InvalidParameter(member, reason));
    }
}
