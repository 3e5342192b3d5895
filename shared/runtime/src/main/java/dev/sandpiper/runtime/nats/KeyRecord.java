package dev.sandpiper.runtime.nats;

import dev.sandpiper.domain.EventHeaders;
import dev.sandpiper.domain.EventId;
import dev.sandpiper.domain.PublishCommand;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is remembered of a key: which events were stored under it, and what they held. The events lie right behind the record,
 * in their order, because both were stored in one step.
 *
 * @param sequence of the record; 0 until it is stored
 * @param digest of the events' content, 22 characters
 */
public record KeyRecord(long sequence, String digest, List<EventId> ids) {
    private static final int DIGEST_BYTES = 16;
    private static final int DIGEST_LENGTH = 22;

    public KeyRecord {
        ids = List.copyOf(ids);
    }

    /** Of events that are about to be stored. */
    public static KeyRecord of(List<PublishCommand> commands, List<EventId> ids) {
        return new KeyRecord(0, digest(commands), ids);
    }

    /** Of the event with this index. */
    public long sequence(int index) {
        return sequence + 1 + index;
    }

    /** Whether the other's events are the same ones as far as their publisher can tell. */
    public boolean isTheSameAs(KeyRecord other) {
        return digest.equals(other.digest) && ids.size() == other.ids.size();
    }

    byte[] encode() {
        var text = new StringBuilder(DIGEST_LENGTH + ids.size() * EventId.LENGTH).append(digest);
        for (EventId id : ids) {
            text.append(id.value());
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    static KeyRecord decode(long sequence, byte[] bytes) {
        var text = new String(bytes, StandardCharsets.US_ASCII);
        if (text.length() < DIGEST_LENGTH || (text.length() - DIGEST_LENGTH) % EventId.LENGTH != 0) {
            throw new IllegalArgumentException("not the record of a key");
        }
        List<EventId> ids = new ArrayList<>();
        for (int i = DIGEST_LENGTH; i < text.length(); i += EventId.LENGTH) {
            ids.add(new EventId(text.substring(i, i + EventId.LENGTH)));
        }
        return new KeyRecord(sequence, text.substring(0, DIGEST_LENGTH), ids);
    }

    /** Each field goes in with its length, so that no two lists of events have the same input. */
    private static String digest(List<PublishCommand> commands) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
        for (PublishCommand command : commands) {
            String type = command.contentType();
            add(digest, command.topic().name().getBytes(StandardCharsets.UTF_8));
            add(digest, command.event().getBytes(StandardCharsets.UTF_8));
            add(digest, (type == null ? "" : type).getBytes(StandardCharsets.UTF_8));
            add(digest, command.data());
            addHeaders(digest, command.headers());
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest.digest(), DIGEST_BYTES));
    }

    /** Nothing when there are none. The number is negative where that of a field is not, so that headers are not taken for fields. */
    private static void addHeaders(MessageDigest digest, EventHeaders headers) {
        if (headers.isEmpty()) {
            return;
        }
        Map<String, String> sorted = new TreeMap<>(headers.asMap());
        addNumber(digest, -sorted.size());
        sorted.forEach((name, value) -> {
            add(digest, name.getBytes(StandardCharsets.UTF_8));
            add(digest, value.getBytes(StandardCharsets.UTF_8));
        });
    }

    private static void add(MessageDigest digest, byte[] field) {
        addNumber(digest, field.length);
        digest.update(field);
    }

    private static void addNumber(MessageDigest digest, int number) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(number).flip());
    }
}
