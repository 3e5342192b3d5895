package dev.sandpiper.testkit;

import dev.sandpiper.domain.Topic;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Tuple;

/** Topic names, good and bad. */
public final class Topics {
    private Topics() {}

    /** Any that is allowed: dots in every position, per cent signs, slashes, colons, and all of Unicode. */
    public static Arbitrary<Topic> any() {
        Arbitrary<String> structural = Arbitraries.strings()
                .withChars('.', '%', '/', ':', '-', '_', '$', '#')
                .ofMinLength(1)
                .ofMaxLength(12);
        Arbitrary<String> plain = Arbitraries.strings()
                .withCharRange('!', '~')
                .excludeChars('*', '>')
                .ofMinLength(1)
                .ofMaxLength(40);
        Arbitrary<String> unicode =
                Arbitraries.strings().all().ofMinLength(1).ofMaxLength(60).filter(Topics::isAllowed);
        Arbitrary<String> international = Arbitraries.of(
                "größe",
                "チャット:部屋",
                "комната/1",
                "غرفة",
                "😀.👩🏽",
                "a\u0301",
                "k\u00f6ln.dom",
                "％25",
                "room-123",
                "chat:room-123");
        Arbitrary<String> longest = Arbitraries.of("x".repeat(255), "ü".repeat(127), ".".repeat(255));
        return Arbitraries.frequencyOf(
                        Tuple.of(3, structural),
                        Tuple.of(4, plain),
                        Tuple.of(2, unicode),
                        Tuple.of(2, international),
                        Tuple.of(1, longest))
                .map(Topic::new);
    }

    /** Short ones of letters, digits and separators, as applications use them. */
    public static Arbitrary<Topic> simple() {
        return Arbitraries.strings()
                .withCharRange('a', 'z')
                .numeric()
                .withChars('-', ':', '.')
                .ofMinLength(1)
                .ofMaxLength(20)
                .map(Topic::new);
    }

    /** Names that must be refused. */
    public static Arbitrary<String> forbidden() {
        Arbitrary<String> withForbidden = Arbitraries.of(
                        "*", ">", " ", "\t", "\r\n", "\u0000", "\u00a0", "\u2028", "\u200b", "\ud800", "\u007f")
                .flatMap(bad -> simple().map(topic -> topic.name() + bad));
        Arbitrary<String> tooLong = Arbitraries.integers().between(256, 2_000).map("x"::repeat);
        return Arbitraries.oneOf(withForbidden, tooLong, Arbitraries.just(""));
    }

    /** The rules of {@link Topic}, said once more: a generator must not ask what it tests. */
    private static boolean isAllowed(String name) {
        return name.getBytes(StandardCharsets.UTF_8).length <= Topic.MAX_BYTES
                && name.codePoints().noneMatch(Topics::isForbidden);
    }

    private static boolean isForbidden(int c) {
        int type = Character.getType(c);
        return c == '*'
                || c == '>'
                || Character.isWhitespace(c)
                || Character.isSpaceChar(c)
                || type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.SURROGATE;
    }
}
