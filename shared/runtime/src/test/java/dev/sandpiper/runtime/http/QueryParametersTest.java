package dev.sandpiper.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandpiper.domain.PlatformException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryParametersTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/x?a=b | b",
                "/x?z=1&a=b+c%2B | b c+",
                "/x?&&a=%C3%A4%F0%9F%98%80& | ä😀",
                "/x?%61=1=2 | 1=2",
            })
    void readsValues(String uri, String expected) {
        assertThat(QueryParameters.of(uri).get("a")).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/x", "/x?", "/x?a", "/x?a=", "/x?b=1"})
    void knowsWhatIsMissing(String uri) {
        assertThat(QueryParameters.of(uri).get("a")).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/x?a=% | INVALID_REQUEST",
                "/x?a=%7 | INVALID_REQUEST",
                "/x?a=%zz | INVALID_REQUEST",
                "/x?a=%C3 | INVALID_UTF8",
                "/x?a=%ED%A0%80 | INVALID_UTF8",
                "/x?a=1&a=1 | INVALID_PARAMETER",
            })
    void refusesWhatIsMalformed(String uri, String code) {
        assertThatThrownBy(() -> QueryParameters.of(uri))
                .isInstanceOfSatisfying(
                        PlatformException.class,
                        e -> assertThat(e.error().code()).isEqualTo(code));
    }

    @Test
    void refusesWhatIsNotKnown() {
        QueryParameters query = QueryParameters.of("/x?topic=t&ticket=x&sinse=1");
        assertThatThrownBy(() -> query.requireOnly(Set.of("topic", "since"))).hasMessage("sinse is not known here");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/x?api_key=x | true",
                "/x?Access_Token=x | true",
                "/x?token= | false",
                "/x?key=sp_live_0123456789abcdef_0123456789abcdef0123456789 | true",
                "/x?key=sp_1 | false",
                "/x?key=order-1&ticket=t | false",
            })
    void spotsCredentials(String uri, boolean expected) {
        assertThat(QueryParameters.of(uri).hasCredential()).isEqualTo(expected);
    }
}
