package dev.sandpiper.tokens.outbound;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which addresses customers may make this node talk to: those of the public Internet, and the networks that an operator allows beside.
 * Everything that IANA registers as special is refused, cloud metadata included; so are forms of IPv6 that carry an IPv4 address,
 * unless that one is public.
 */
public final class Networks {
    private static final List<Network> SPECIAL = networks(
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4");

    /** Beside what is not under 2000::/3 at all. */
    private static final List<Network> SPECIAL_6 =
            networks("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16");

    private static final Network GLOBAL_6 = Network.parse("2000::/3");
    private static final Network NAT64 = Network.parse("64:ff9b::/96");

    private final List<Network> allowed;

    private Networks(List<Network> allowed) {
        this.allowed = allowed;
    }

    /**
     * @param allowed beside public ones, such as {@code 10.1.0.0/16} or {@code fd00::/8}
     * @throws IllegalArgumentException naming one that is no network
     */
    public static Networks allowing(List<String> allowed) {
        return new Networks(networks(allowed.toArray(String[]::new)));
    }

    public boolean permits(InetAddress address) {
        return isAllowed(address) || isPublic(address);
    }

    /** Whether an operator named it. */
    public boolean isAllowed(InetAddress address) {
        return contains(allowed, address);
    }

    private static boolean isPublic(InetAddress address) {
        if (address instanceof Inet4Address) {
            return !contains(SPECIAL, address);
        }
        if (NAT64.contains(address)) {
            return isPublic(last4(address));
        }
        return GLOBAL_6.contains(address) && !contains(SPECIAL_6, address);
    }

    private static InetAddress last4(InetAddress address) {
        byte[] bytes = address.getAddress();
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, bytes.length - 4, bytes.length));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }

    private static boolean contains(List<Network> networks, InetAddress address) {
        for (Network network : networks) {
            if (network.contains(address)) {
                return true;
            }
        }
        return false;
    }

    private static List<Network> networks(String... texts) {
        List<Network> networks = new ArrayList<>();
        for (String text : texts) {
            networks.add(Network.parse(text));
        }
        return networks;
    }

    private record Network(byte[] prefix, int bits) {
        static Network parse(String text) {
            int slash = text.indexOf('/');
            String address = slash < 0 ? text : text.substring(0, slash);
            // Nothing else is a literal: a name would be looked up.
            if (!address.matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
                throw new IllegalArgumentException(text + " is no network such as 10.0.0.0/8");
            }
            try {
                byte[] bytes = InetAddress.getByName(address).getAddress();
                int bits = slash < 0 ? bytes.length * 8 : Integer.parseInt(text.substring(slash + 1));
                if (bits >= 0 && bits <= bytes.length * 8) {
                    return new Network(bytes, bits);
                }
            } catch (UnknownHostException | NumberFormatException e) {
                throw new IllegalArgumentException(text + " is no network such as 10.0.0.0/8", e);
            }
            throw new IllegalArgumentException(text + " has too many bits");
        }

        boolean contains(InetAddress address) {
            byte[] bytes = address.getAddress();
            if (bytes.length != prefix.length) {
                return false;
            }
            for (int i = 0; i < bits; i++) {
                int mask = 0x80 >> (i & 7);
                if ((bytes[i >> 3] & mask) != (prefix[i >> 3] & mask)) {
                    return false;
                }
            }
            return true;
        }
    }
}
