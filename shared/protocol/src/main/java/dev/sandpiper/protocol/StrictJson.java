package dev.sandpiper.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON from strangers with a streaming parser: RFC 8259 to the letter, well-formed UTF-8, no member twice, bounded
 * depth and numbers. A value in the middle can be lifted out as the bytes it stands in, so that a payload is checked once
 * and never becomes a tree.
 *
 * <p>Every fault is a {@link PlatformException} with a stable code. Not safe for use by several threads.
 */
public final class StrictJson implements AutoCloseable {
    public static final int MAX_DEPTH = 64;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonReadFeature.ALLOW_TRAILING_COMMA)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(1_000)
                    .maxNameLength(1_000)
                    .build())
            .build();

    private final byte[] bytes;
    private final int offset;
    private final JsonParser parser;

    private StrictJson(byte[] bytes, int offset, JsonParser parser) {
        this.bytes = bytes;
        this.offset = offset;
        this.parser = parser;
    }

    /** Begins to read; {@code bytes} must not change before {@link #close()}. */
    public static StrictJson read(byte[] bytes, int offset, int length) {
        if (!Utf8.isWellFormed(bytes, offset, length)) {
            throw new PlatformException(new RequestError.InvalidUtf8());
        }
        try {
            return new StrictJson(bytes, offset, FACTORY.createParser(bytes, offset, length));
        } catch (IOException e) {
            throw translate(e);
        }
    }

    /** The next token; null at the end of the document. */
    public @Nullable JsonToken next() {
        try {
            return parser.nextToken();
        } catch (IOException e) {
            throw translate(e);
        }
    }

    /** The first token of a document, which must not be empty. */
    public JsonToken first() {
        JsonToken token = next();
        if (token == null) {
            throw new PlatformException(new RequestError.InvalidJson("it is empty", at()));
        }
        return token;
    }

    /** The next member's name, null at the end of the object that is being read. The value is the next token. */
    public @Nullable String nextMember() {
        return next() == JsonToken.FIELD_NAME ? name() : null;
    }

    private String name() {
        try {
            return parser.currentName();
        } catch (IOException e) {
            throw translate(e);
        }
    }

    /** Moves to the next token, which must begin an object. */
    public void beginObject() {
        if (next() != JsonToken.START_OBJECT) {
            throw new PlatformException(new RequestError.InvalidRequest("A JSON object is expected"));
        }
    }

    /** Moves to the value of member {@code name}, which must be a string. */
    public String string(String name) {
        if (next() != JsonToken.VALUE_STRING) {
            throw new PlatformException(new RequestError.InvalidParameter(name, "must be a string"));
        }
        try {
            return parser.getText();
        } catch (IOException e) {
            throw translate(e);
        }
    }

    /** Likewise, or null when it is {@code null}. */
    public @Nullable String stringOrNull(String name) {
        JsonToken token = next();
        if (token == JsonToken.VALUE_NULL) {
            return null;
        }
        if (token != JsonToken.VALUE_STRING) {
            throw new PlatformException(new RequestError.InvalidParameter(name, "must be a string"));
        }
        try {
            return parser.getText();
        } catch (IOException e) {
            throw translate(e);
        }
    }

    /** Moves to the value of member {@code name}, which must be a whole number. */
    public long wholeNumber(String name) {
        Long value = wholeNumberOrNull(name);
        if (value == null) {
            throw new PlatformException(new RequestError.InvalidParameter(name, "must be a whole number"));
        }
        return value;
    }

    /** Likewise, or null when it is {@code null}. */
    public @Nullable Long wholeNumberOrNull(String name) {
        JsonToken token = next();
        if (token == JsonToken.VALUE_NULL) {
            return null;
        }
        if (token != JsonToken.VALUE_NUMBER_INT) {
            throw new PlatformException(new RequestError.InvalidParameter(name, "must be a whole number"));
        }
        try {
            return parser.getLongValue();
        } catch (IOException e) {
            throw new PlatformException(new RequestError.InvalidParameter(name, "is out of range"), e);
        }
    }

    /** Moves over the next value, checking it. */
    public void skipValue() {
        if (next() == null) {
            throw new PlatformException(new RequestError.InvalidJson("unexpected end", at()));
        }
        finishValue();
    }

    /** Moves over the next value, checking it, and returns a copy of the bytes that it stands in. */
    public byte[] rawValue() {
        if (next() == null) {
            throw new PlatformException(new RequestError.InvalidJson("unexpected end", at()));
        }
        return currentRawValue();
    }

    /** Likewise for the value whose first token was just read. */
    public byte[] currentRawValue() {
        int start = offset + (int) parser.currentTokenLocation().getByteOffset();
        finishValue();
        int end = offset + (int) parser.currentLocation().getByteOffset();
        return Arrays.copyOfRange(bytes, start, end);
    }

    /** The string that was just read as a token. */
    public String text() {
        try {
            return parser.getText();
        } catch (IOException e) {
            throw translate(e);
        }
    }

    /** Moves over the rest of the value whose first token was just read, checking it. */
    public void skipCurrent() {
        finishValue();
    }

    /** Requires that nothing but white space follows. */
    public void end() {
        if (next() != null) {
            throw new PlatformException(new RequestError.InvalidJson("something follows the document", at()));
        }
    }

    @Override
    public void close() {
        try {
            parser.close();
        } catch (IOException e) {
            throw translate(e);
        }
    }

    private void finishValue() {
        try {
            parser.skipChildren();
            parser.finishToken();
        } catch (IOException e) {
            throw translate(e);
        }
    }

    private long at() {
        return parser.currentLocation().getByteOffset();
    }

    private static PlatformException translate(IOException e) {
        if (e instanceof StreamConstraintsException constraint) {
            String message = constraint.getOriginalMessage();
            if (message.contains("nesting depth")) {
                return new PlatformException(new RequestError.NestingTooDeep(MAX_DEPTH), e);
            }
            return new PlatformException(
                    new RequestError.InvalidJson("a number or name is too long", offset(constraint)), e);
        }
        if (e instanceof JsonParseException fault) {
            String message = fault.getOriginalMessage();
            if (message.startsWith("Duplicate field '") || message.startsWith("Duplicate Object property \"")) {
                int from = message.indexOf(message.contains("'") ? '\'' : '"') + 1;
                String member = message.substring(from, message.length() - 1);
                return new PlatformException(new RequestError.DuplicateMember(member), e);
            }
            return new PlatformException(new RequestError.InvalidJson("unexpected text", offset(fault)), e);
        }
        return new PlatformException(new RequestError.InvalidJson("unreadable", -1), e);
    }

    private static long offset(JsonProcessingException e) {
        return e.getLocation() == null ? -1 : e.getLocation().getByteOffset();
    }
}
