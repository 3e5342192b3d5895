package dev.sandpiper.runtime.auth;

import dev.sandpiper.domain.CredentialError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.runtime.http.AddressRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where a key may be used from. */
final class CallerLimits {
    static final CallerLimits NONE = new CallerLimits(null, null);

    private final @Nullable List<AddressRange> addresses;
    private final @Nullable Set<String> origins;

    private CallerLimits(@Nullable List<AddressRange> addresses, @Nullable Set<String> origins) {
        this.addresses = addresses;
        this.origins = origins;
    }

    /** A range that this version cannot read allows nobody. */
    static CallerLimits of(@Nullable List<String> addresses, @Nullable List<String> origins) {
        if (addresses == null && origins == null) {
            return NONE;
        }
        return new CallerLimits(
                addresses == null ? null : ranges(addresses), origins == null ? null : Set.copyOf(origins));
    }

    private static List<AddressRange> ranges(List<String> texts) {
        List<AddressRange> ranges = new ArrayList<>();
        for (String text : texts) {
            AddressRange range = AddressRange.parse(text);
            if (range != null) {
                ranges.add(range);
            }
        }
        return ranges;
    }

    /** Null when the caller may use the key. Whoever names no origin is no page of an allowed one. */
    @Nullable
    PlatformException refusal(Caller caller) {
        if (addresses != null && !contains(addresses, caller.address())) {
            return new PlatformException(new CredentialError.AddressNotAllowed());
        }
        if (origins != null) {
            String origin = caller.origin();
            if (origin == null || !origins.contains(origin)) {
                return new PlatformException(new CredentialError.OriginNotAllowed());
            }
        }
        return null;
    }

    private static boolean contains(List<AddressRange> ranges, String address) {
        for (AddressRange range : ranges) {
            if (range.contains(address)) {
                return true;
            }
        }
        return false;
    }
}
