package dev.sandpiper.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandpiper.tokens.outbound.Networks;
import dev.sandpiper.tokens.outbound.Outbound;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where customers may make a node send requests to. */
class NetworksTest {
    private static final Networks PUBLIC = Networks.allowing(List.of());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.1.2.3",
                "0.0.0.0",
                "10.0.0.1",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "169.254.169.254",
                "100.64.0.1",
                "192.0.0.192",
                "198.18.0.1",
                "224.0.0.1",
                "255.255.255.255",
                "::1",
                "::",
                "fe80::1",
                "fc00::1",
                "fd00:ec2::254",
                "ff02::1",
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "::127.0.0.1",
                "64:ff9b::a9fe:a9fe",
                "64:ff9b:1::1",
                "2002:7f00:1::",
                "2001::1",
                "2001:db8::1",
                "100::1"
            })
    void whatIsNotPublicIsRefused(String address) throws UnknownHostException {
        assertThat(PUBLIC.permits(address(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "8.8.8.8",
                "172.15.0.1",
                "172.32.0.1",
                "100.128.0.1",
                "11.0.0.1",
                "2606:4700::1111",
                "64:ff9b::808:808",
                "::ffff:8.8.8.8"
            })
    void whatIsPublicIsNot(String address) throws UnknownHostException {
        assertThat(PUBLIC.permits(address(address))).isTrue();
    }

    @Test
    void anOperatorMayAllowMore() throws UnknownHostException {
        Networks some = Networks.allowing(List.of("10.1.0.0/16", "fd00::/8", "127.0.0.1"));
        assertThat(some.permits(address("10.1.2.3"))).isTrue();
        assertThat(some.permits(address("10.2.0.1"))).isFalse();
        assertThat(some.permits(address("fd12::1"))).isTrue();
        assertThat(some.permits(address("127.0.0.1"))).isTrue();
        assertThat(some.permits(address("127.0.0.2"))).isFalse();
        assertThat(some.isAllowed(address("8.8.8.8"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/33", "10.0.0.0/x", "example.com", "10.0.0.0/-1", "", "fe80::/129"})
    void whatIsNoNetworkIsRefused(String text) {
        assertThatThrownBy(() -> Networks.allowing(List.of(text))).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://example.com/",
                "file:///etc/passwd",
                "/relative",
                "https:///nohost",
                "https://user:pw@example.com/",
                "https://example.com/#x",
                "javascript:alert(1)",
                "https://exa mple.com",
                "gopher://example.com"
            })
    void whatIsNoUrlOfTheWebIsRefused(String url) {
        assertThatThrownBy(() -> Outbound.requireUsable(url)).isInstanceOf(IllegalArgumentException.class);
    }

    private static InetAddress address(String literal) throws UnknownHostException {
        return InetAddress.getAllByName(literal)[0];
    }
}
