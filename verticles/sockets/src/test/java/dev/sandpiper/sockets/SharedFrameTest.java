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
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SharedFrameTest {
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final SharedFrame frame = new SharedFrame();

    @Test
    void everySocketWritesFromTheSameMemory() {
        StoredEvent event = event();
        ByteBuf first = frame.retained(event, new byte[] {1, 2}, allocator);
        ByteBuf second = frame.retained(event, new byte[] {1, 2}, allocator);
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
        ByteBuf first = frame.retained(event(), new byte[100], allocator);
        ByteBuf other = frame.retained(event(), new byte[50], allocator);
        assertThat(first.readableBytes()).isEqualTo(100);
        assertThat(other.readableBytes()).isEqualTo(50);
        first.release();
        other.release();
        assertThat(allocator.metric().usedDirectMemory()).isEqualTo(50);
        frame.release();
        assertThat(allocator.metric().usedDirectMemory()).isZero();
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
