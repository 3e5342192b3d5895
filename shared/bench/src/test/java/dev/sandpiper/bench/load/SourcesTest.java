package dev.sandpiper.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class SourcesTest {
    @Test
    void manyConnectionsOverLoopbackComeFromSeveralAddressesOfIt() throws Exception {
        Sources sources = new Sources(address(127, 0, 0, 1), 100_000);
        assertThat(IntStream.range(0, 100_000)
                        .mapToObj(sources::of)
                        .map(source -> Objects.requireNonNull(source).getAddress())
                        .distinct())
                .hasSize(5)
                .allMatch(address -> address.isLoopbackAddress())
                .doesNotContain(address(127, 0, 0, 1).getAddress());
    }

    @Test
    void fewConnectionsOrThoseToAnotherMachineAreLeftToTheSystem() throws Exception {
        assertThat(new Sources(address(127, 0, 0, 1), 10_000).of(0)).isNull();
        assertThat(new Sources(address(192, 0, 2, 1), 100_000).of(0)).isNull();
    }

    private static InetSocketAddress address(int... bytes) throws UnknownHostException {
        byte[] address = {(byte) bytes[0], (byte) bytes[1], (byte) bytes[2], (byte) bytes[3]};
        return new InetSocketAddress(InetAddress.getByAddress(address), 80);
    }
}
