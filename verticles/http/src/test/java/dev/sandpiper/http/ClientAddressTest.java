package dev.sandpiper.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.runtime.http.AddressRange;
import io.vertx.core.MultiMap;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientAddressTest {
    private final ClientAddress addresses = new ClientAddress(ranges("10.0.0.0/8", "fd00::/8", "192.168.7.7"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "9.9.9.9 | 1.1.1.1 | - | 9.9.9.9",
                "10.1.2.3 | - | - | 10.1.2.3",
                "10.1.2.3 | 1.1.1.1 | - | 1.1.1.1",
                "10.1.2.3 | 6.6.6.6, 1.1.1.1 | - | 1.1.1.1",
                "10.1.2.3 | 6.6.6.6, 1.1.1.1, 192.168.7.7 | - | 1.1.1.1",
                "10.1.2.3 | 10.0.0.1, 10.0.0.2 | - | 10.0.0.1",
                "10.1.2.3 | 1.1.1.1:4711 | - | 1.1.1.1",
                "10.1.2.3 | nonsense | - | 10.1.2.3",
                "10.1.2.3 | 1.1.1.1, unknown | - | 10.1.2.3",
                "::ffff:10.1.2.3 | 2001:db8::1 | - | 2001:db8::1",
                "fd00::1 | - | for=\"[2001:db8::1]:80\";proto=https | 2001:db8::1",
                "10.1.2.3 | 6.6.6.6 | for=6.6.6.6, For=1.1.1.1;by=10.0.0.1 | 1.1.1.1",
                "10.1.2.3 | 6.6.6.6 | by=10.0.0.1 | 10.1.2.3",
            })
    void believesOnlyTrustedProxies(String peer, String xForwardedFor, String forwarded, String expected) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        if (xForwardedFor != null) {
            headers.add("X-Forwarded-For", xForwardedFor);
        }
        if (forwarded != null) {
            headers.add("Forwarded", forwarded);
        }
        assertThat(addresses.address(peer, headers)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "9.9.9.9 | false | https | - | http",
                "9.9.9.9 | true | http | - | https",
                "10.0.0.1 | false | https | - | https",
                "10.0.0.1 | true | http, https | - | https",
                "10.0.0.1 | false | - | for=1.1.1.1;proto=https | https",
                "10.0.0.1 | false | - | - | http",
            })
    void knowsTheSchemeThatTheClientUsed(
            String peer, boolean tls, String xForwardedProto, String forwarded, String expected) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        if (xForwardedProto != null) {
            headers.add("X-Forwarded-Proto", xForwardedProto);
        }
        if (forwarded != null) {
            headers.add("Forwarded", forwarded);
        }
        assertThat(addresses.scheme(peer, tls, headers)).isEqualTo(expected);
    }

    @Test
    void readsRangesToTheBit() {
        AddressRange range = Objects.requireNonNull(AddressRange.parse("172.16.0.0/12"));
        assertThat(range.contains("172.31.255.255")).isTrue();
        assertThat(range.contains("172.32.0.0")).isFalse();
        assertThat(range.contains("172.200.0.0")).isFalse();
        assertThat(Objects.requireNonNull(AddressRange.parse("0.0.0.0/0")).contains("255.1.2.3"))
                .isTrue();
        for (String wrong : new String[] {"", "x", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "fd00::/129", "/8"}) {
            assertThat(AddressRange.parse(wrong)).as(wrong).isNull();
        }
    }

    private static List<AddressRange> ranges(String... texts) {
        return Arrays.stream(texts)
                .map(text -> Objects.requireNonNull(AddressRange.parse(text)))
                .toList();
    }
}
