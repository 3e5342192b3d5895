package dev.sandpiper.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.TenantId;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps {@code docs/reference/errors.md} what the catalogue says. */
class ErrorReferenceTest {
    private static final Path PAGE = Path.of("../../docs/reference/errors.md");
    private static final String REWRITE = "sandpiper.docs.write";

    /** What an error means whose message depends on the case. */
    private static final Map<String, String> MEANINGS = Map.ofEntries(
            Map.entry(
                    "INVALID_EVENT_PAYLOAD",
                    "The payload does not fit the schema of the topic; `errors` says where (`pointer`, a JSON Pointer) and why (`reason`)"),
            Map.entry(
                    "INVALID_SCHEMA",
                    "The schema of a topic rule cannot be used; the message says why, `pointer` where"),
            Map.entry(
                    "VERSION_MISMATCH",
                    "It was changed since the caller read it; `version` is that of now, 0 when it is gone"),
            Map.entry(
                    "INCOMPATIBLE_SCHEMA",
                    "The new schema may refuse what the former one let pass; `errors` says where and why"),
            Map.entry(
                    "MOVE_REFUSED", "The tenant cannot be moved to that stream now; `reason` and the message say why"),
            Map.entry("SCHEMA_IN_USE", "The schema of another topic rule, `pattern`, refers to this one"),
            Map.entry("INVALID_REQUEST", "The request is not what this route expects; the message says how"),
            Map.entry(
                    "INVALID_JSON",
                    "The body is not valid JSON (RFC 8259); `offset` is the byte where reading stopped"),
            Map.entry("INVALID_TOPIC", "The topic's name is not acceptable; the message says why"),
            Map.entry(
                    "INVALID_PARAMETER",
                    "The member, query parameter or header named in `parameter` is missing, unknown or wrong"),
            Map.entry(
                    "INVALID_HEADERS",
                    "The headers of the event cannot be used; `errors` says where (`pointer`, a JSON Pointer) and why (`reason`)"),
            Map.entry("INVALID_FILTER", "The filter does not compile or is not a condition; the message says why"),
            Map.entry("FILTER_TOO_COSTLY", "Evaluating the filter could cost too much; the message says why"),
            Map.entry(
                    "METHOD_NOT_ALLOWED",
                    "The route answers to other methods, named in `allowed` and in the header `Allow`"),
            Map.entry(
                    "RESOURCE_EXISTS", "There is one of this id already, or there was; the message says of what kind"),
            Map.entry(
                    "RESOURCE_NOT_FOUND",
                    "There is no such thing, or it is another tenant's; the message says of what kind"),
            Map.entry(
                    "UNSUPPORTED_MEDIA_TYPE",
                    "The content type is not supported here; the message names those that are"),
            Map.entry(
                    "CHANNEL_NOT_ALLOWED",
                    "The credential does not allow what is named in `required` on the channel, or on all that `channel` stands for"),
            Map.entry("INSUFFICIENT_SCOPE", "The credential lacks the scope named in `required`"));

    @Test
    void thePageSaysWhatTheCatalogueSays() throws IOException {
        String page = page();
        if (Boolean.getBoolean(REWRITE)) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE)
                .as(
                        "regenerate with: mvn test -pl shared/protocol -Dtest=ErrorReferenceTest -Dtest.jvm.args=-D%s=true",
                        REWRITE)
                .hasContent(page);
    }

    @Test
    void noCodeStandsForTwoErrors() {
        assertThat(catalogue().map(PlatformError::code)).doesNotHaveDuplicates();
    }

    private static String page() {
        return """
                # Errors

                Generated from the catalogue (`dev.sandpiper.domain.PlatformError`); do not edit.

                Over HTTP an error is `{"error":{"code","message","details","request_id"}}`, or problem details (RFC 9457) when the request says
                `Accept: application/problem+json`. On a socket it is an `error` frame with the RT code, and the name below as `name`; when it
                ends the socket, the close code tells whether to come back. Codes are stable; messages are for people and may change.
                What is retryable carries `Retry-After` (seconds) or `retry_after`.

                | code | HTTP | RT | close | retryable | meaning |
                |---|---|---|---|---|---|
                %s

                ## RT codes

                | code | meaning |
                |---|---|
                %s

                ## Close codes

                | code | name | reconnect |
                |---|---|---|
                %s
                """.formatted(
                        catalogue().map(ErrorReferenceTest::row).collect(Collectors.joining("\n")),
                        Arrays.stream(RealtimeCode.values())
                                .map(code -> "| " + code + " | " + code.meaning() + " |")
                                .collect(Collectors.joining("\n")),
                        Arrays.stream(CloseCode.values())
                                .map(code -> "| %d | %s | %s |"
                                        .formatted(code.number(), code, code.reconnect() ? "yes, and resume" : "no"))
                                .collect(Collectors.joining("\n")));
    }

    private static String row(PlatformError error) {
        ErrorMapping mapping = ErrorMapping.of(error);
        return "| `%s` | %d | %s | %d | %s | %s |"
                .formatted(
                        error.code(),
                        mapping.status(),
                        mapping.realtime(),
                        mapping.close().number(),
                        mapping.retryable() ? "yes" : "no",
                        MEANINGS.getOrDefault(error.code(), error.message()).replaceAll(" \\d+ ", " N "));
    }

    private static Stream<PlatformError> catalogue() {
        return kinds(PlatformError.class)
                // Looks like its cause.
                .filter(kind -> kind != RequestError.OfEvent.class)
                .map(ErrorReferenceTest::example);
    }

    private static Stream<Class<?>> kinds(Class<?> type) {
        return type.isRecord()
                ? Stream.of(type)
                : Arrays.stream(type.getPermittedSubclasses()).flatMap(ErrorReferenceTest::kinds);
    }

    private static PlatformError example(Class<?> kind) {
        RecordComponent[] components = kind.getRecordComponents();
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            Constructor<?> constructor = kind.getDeclaredConstructor(types);
            return (PlatformError) constructor.newInstance(
                    Arrays.stream(types).map(ErrorReferenceTest::value).toArray());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the reference cannot make an example of " + kind, e);
        }
    }

    private static Object value(Class<?> type) {
        if (type == int.class) {
            return 1;
        }
        if (type == long.class) {
            return 1L;
        }
        if (type == Duration.class) {
            return Duration.ofSeconds(1);
        }
        if (type == List.class) {
            return List.of();
        }
        if (type == Set.class) {
            return Set.of();
        }
        if (type.isEnum()) {
            return type.getEnumConstants()[0];
        }
        if (type == TenantId.class) {
            return new TenantId("acme");
        }
        if (type == Cursor.class) {
            return new Cursor(0, 0);
        }
        return "";
    }
}
