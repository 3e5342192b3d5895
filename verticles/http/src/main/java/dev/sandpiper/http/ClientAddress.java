package dev.sandpiper.http;

import dev.sandpiper.runtime.http.AddressRange;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who a client is, behind however many proxies. Each proxy appends the address that it saw, so the list is read from its
 * end for as long as the addresses are those of trusted proxies; the first other one is the client. What stands before was
 * written by the client itself and is worth nothing.
 */
final class ClientAddress {
    private final List<AddressRange> trusted;

    ClientAddress(List<AddressRange> trusted) {
        this.trusted = trusted;
    }

    /** @param peer the address at the other end of the connection */
    String address(String peer, MultiMap headers) {
        if (!isTrusted(peer)) {
            return peer;
        }
        String forwarded = joined(headers.getAll("forwarded"));
        String list = forwarded == null ? joined(headers.getAll("x-forwarded-for")) : forwarded;
        if (list == null) {
            return peer;
        }
        String client = peer;
        String[] hops = list.split(",", -1);
        for (int i = hops.length - 1; i >= 0 && isTrusted(client); i--) {
            String hop = ip(forwarded == null ? hops[i] : parameter(hops[i], "for"));
            if (hop == null) {
                break;
            }
            client = hop;
        }
        return client;
    }

    /** {@code http} or {@code https}, as the client itself used it. */
    String scheme(String peer, boolean tls, MultiMap headers) {
        String proto = null;
        if (isTrusted(peer)) {
            String forwarded = joined(headers.getAll("forwarded"));
            String list = forwarded == null ? joined(headers.getAll("x-forwarded-proto")) : forwarded;
            if (list != null) {
                String last = list.substring(list.lastIndexOf(',') + 1);
                proto = forwarded == null ? last.strip() : parameter(last, "proto");
            }
        }
        if (proto == null) {
            return tls ? "https" : "http";
        }
        return proto.equalsIgnoreCase("https") ? "https" : "http";
    }

    private boolean isTrusted(String ip) {
        for (AddressRange range : trusted) {
            if (range.contains(ip)) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable String joined(List<String> values) {
        return values.isEmpty() ? null : String.join(",", values);
    }

    /** A parameter of one element of {@code Forwarded} (RFC 7239), without quotes. */
    private static @Nullable String parameter(String element, String name) {
        for (String pair : element.split(";", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0
                    && pair.substring(0, equals)
                            .strip()
                            .toLowerCase(Locale.ROOT)
                            .equals(name)) {
                return pair.substring(equals + 1).strip().replace("\"", "");
            }
        }
        return null;
    }

    /** Without port and brackets; null when it is no address, such as {@code unknown} or {@code _hidden}. */
    private static @Nullable String ip(@Nullable String node) {
        if (node == null) {
            return null;
        }
        String text = node.strip();
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            text = end < 0 ? text : text.substring(1, end);
        } else if (text.indexOf(':') >= 0 && text.indexOf(':') == text.lastIndexOf(':')) {
            text = text.substring(0, text.indexOf(':'));
        }
        return AddressRange.bytes(text) == null ? null : text;
    }
}
