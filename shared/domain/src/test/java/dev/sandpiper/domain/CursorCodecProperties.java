package dev.sandpiper.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class CursorCodecProperties {
    private static final TenantId ACME = new TenantId("acme");
    private static final ProjectId SHOP = new ProjectId("shop");

    private final CursorCodec codec =
            new CursorCodec("0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII));

    @Property
    void aCursorComesBackAsItWent(@ForAll("cursors") Cursor cursor) {
        String text = codec.encode(ACME, SHOP, cursor);
        assertThat(text).matches("[A-Za-z0-9_-]{28}");
        assertThat(codec.decode(ACME, SHOP, text)).isEqualTo(cursor);
    }

    @Property
    void aCursorIsWorthNothingElsewhere(
            @ForAll("cursors") Cursor cursor, @ForAll("slugs") String tenant, @ForAll("slugs") String project) {
        Assume.that(!tenant.equals(ACME.value()) || !project.equals(SHOP.value()));
        String foreign = codec.encode(new TenantId(tenant), new ProjectId(project), cursor);
        assertRefused(foreign);
    }

    @Property
    void aChangedCharacterIsNoticed(
            @ForAll("cursors") Cursor cursor, @ForAll @IntRange(max = 27) int at, @ForAll("letters") char letter) {
        String text = codec.encode(ACME, SHOP, cursor);
        Assume.that(text.charAt(at) != letter);
        assertRefused(text.substring(0, at) + letter + text.substring(at + 1));
    }

    @Property
    void anythingElseIsRefused(@ForAll String text) {
        assertRefused(text);
    }

    @Property
    void anotherSecretMakesOtherCursors(@ForAll("cursors") Cursor cursor) {
        CursorCodec other = new CursorCodec(new byte[32]);
        assertRefused(other.encode(ACME, SHOP, cursor));
    }

    @Example
    void tenantAndProjectCannotBeShiftedIntoEachOther() {
        String text = codec.encode(new TenantId("ab"), new ProjectId("c"), new Cursor(1, 1));
        assertThatThrownBy(() -> codec.decode(new TenantId("a"), new ProjectId("bc"), text))
                .isInstanceOf(PlatformException.class);
    }

    private void assertRefused(String text) {
        assertThatThrownBy(() -> codec.decode(ACME, SHOP, text))
                .isInstanceOfSatisfying(
                        PlatformException.class,
                        e -> assertThat(e.error()).isEqualTo(new RequestError.InvalidCursor()));
    }

    @Provide
    Arbitrary<Cursor> cursors() {
        return Combinators.combine(Arbitraries.integers(), Arbitraries.longs().greaterOrEqual(0))
                .as(Cursor::new);
    }

    @Provide
    Arbitrary<String> slugs() {
        return Arbitraries.strings()
                .withCharRange('a', 'z')
                .withCharRange('0', '9')
                .ofMinLength(1)
                .ofMaxLength(40);
    }

    @Provide
    Arbitrary<Character> letters() {
        return Arbitraries.chars()
                .range('a', 'z')
                .range('A', 'Z')
                .range('0', '9')
                .with('_', '-');
    }
}
