package dev.sandpiper.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.EventId;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.time.Instant;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SharedFrameTest {
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final SharedFrame frame = new SharedFrame(allocator);

    @Test
    void everySocketWritesFromTheSameMemory() {
        StoredEvent event = event();
        ByteBuf first = frame.retained(event, new byte[] {1, 2});
        ByteBuf second = frame.retained(event, new byte[] {1, 2});
        assertThat(first.isDirect()).isTrue();
        assertThat(first.memoryAddress()).isEqualTo(second.memoryAddress());
        first.skipBytes(1);
        assertThat(ByteBufUtil.getBytes(second)).containsExactly(1, 2);
        first.release();
        second.release();
        frame.release();
    }

    @Test
    void nothingIsLeftWhenAllHaveWritten() {
        ByteBuf first = frame.retained(event(), new byte[100]);
        ByteBuf other = frame.retained(event(), new byte[50]);
        assertThat(first.readableBytes()).isEqualTo(100);
        assertThat(other.readableBytes()).isEqualTo(50);
        first.release();
        other.release();
        assertThat(allocator.metric().usedDirectMemory()).isEqualTo(50);
        frame.release();
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    @Test
    void aSocketsPlaceInTheBytesCostsNoGarbage() throws InterruptedException {
        Set<ByteBuf> places = Collections.newSetFromMap(new IdentityHashMap<>());
        // As event loops are.
        Thread loop = new FastThreadLocalThread(() -> {
            SharedFrame pooled = new SharedFrame(SharedFrame.POOL);
            StoredEvent event = event();
            for (int i = 0; i < 1_000; i++) {
                ByteBuf place = pooled.retained(event, new byte[10]);
                places.add(place);
                place.release();
            }
            pooled.release();
        });
        loop.start();
        loop.join();
        assertThat(places).hasSizeBetween(1, 20);
    }

    private static StoredEvent event() {
        return new StoredEvent(
                new TenantId("t"),
                new ProjectId("p"),
                new Topic("a"),
                new EventId("01KAJ3ZZZZ0123456789ABCDEF"),
                "message",
                new byte[0],
                null,
                null,
                Instant.EPOCH,
                null);
    }
}
