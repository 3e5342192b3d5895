package dev.sandpiper.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

class PartialMessageProperties {
    private static final int MAX = 64;

    @Property(tries = 300)
    void fragmentsBecomeTheMessageUnlessItIsTooLarge(@ForAll @Size(max = 12) List<@Size(max = 16) byte[]> fragments) {
        var message = new PartialMessage(true);
        Buffer expected = Buffer.buffer();
        for (byte[] fragment : fragments) {
            boolean fits = expected.length() + fragment.length <= MAX;
            assertThat(message.append(Unpooled.wrappedBuffer(fragment), MAX)).isEqualTo(fits);
            if (!fits) {
                return;
            }
            expected.appendBytes(fragment);
        }
        assertThat(Arrays.copyOf(message.bytes(), message.length())).isEqualTo(expected.getBytes());
        assertThat(message.bytes().length).isLessThanOrEqualTo(MAX);
    }
}
