package dev.sandpiper.filters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sandpiper.domain.EventHeaders;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.runtime.events.EventFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CelFiltersTest {
    private static final String PAID = """
            {"total": 120.5, "count": 3, "user": {"name": "ann", "tags": ["vip", "eu"]}, "items":
             [{"sku": "a", "qty": 1}, {"sku": "b", "qty": 7}], "none": null, "big": 99999999999999999999}""";

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final CelFilters filters = new CelFilters(FilterConfig.defaults(), metrics);

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "true                                                  ~ true",
                "event == 'paid'                                       ~ true",
                "event == 'sent' || event == 'paid'                    ~ true",
                "event in ['sent', 'refunded']                         ~ false",
                "topic.startsWith('orders:')                           ~ true",
                "sender == 'ann'                                       ~ true",
                "timestamp >= timestamp('2026-01-25T09:00:00Z')        ~ true",
                "timestamp < timestamp('2026-01-25T09:00:00Z')         ~ false",
                "timestamp.getFullYear() == 2026                       ~ true",
                "headers.priority == 'high'                            ~ true",
                "headers['trace-id'] == 't-1'                          ~ true",
                "'priority' in headers                                 ~ true",
                "'other' in headers                                    ~ false",
                "has(headers.priority) && !has(headers.other)          ~ true",
                "size(headers) == 2                                    ~ true",
                "headers.exists(n, n.startsWith('trace'))              ~ true",
                "headers.exists(n, headers[n] == 'low')                ~ false",
                "data.total > 100                                      ~ true",
                "data.total > 120.5                                    ~ false",
                "data.count == 3                                       ~ true",
                "data.count == 3.0                                     ~ true",
                "data.count % 2 == 1                                   ~ true",
                "data.big > 1                                          ~ true",
                "data.user.name == 'ann'                               ~ true",
                "data['user']['name'] == 'ann'                         ~ true",
                "'vip' in data.user.tags                               ~ true",
                "has(data.user.phone)                                  ~ false",
                "has(data.user.name) && data.user.name != ''           ~ true",
                "data.none == null                                     ~ true",
                "data.items.exists(i, i.qty > 5)                       ~ true",
                "data.items.all(i, i.qty > 5)                          ~ false",
                "size(data.items.filter(i, i.sku == 'b')) == 1         ~ true",
                "data.user.name.matches('^a.n$')                       ~ true",
                "matches(data.user.name, 'x')                          ~ false",
                "data.user.name.contains('nn')                         ~ true",
                "data.user.tags.exists(t, t.endsWith('u'))             ~ true",
                "duration('1h') > duration('59m')                      ~ true",
            })
    void decidesByTheExpression(String expression, boolean matches) {
        assertThat(filters.compile(expression).test(Samples.json(PAID))).isEqualTo(matches);
        assertThat(errors("error") + errors("cost")).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data.missing > 1",
                "data.user.name > 1",
                "data.total.cents == 5",
                "headers.other == 'x'",
                "data.user",
                "data.items[9].qty == 1",
                "1 / (data.count - 3) == 0",
            })
    void whatCannotBeEvaluatedDoesNotMatchAndIsCounted(String expression) {
        assertThat(filters.compile(expression).test(Samples.json(PAID))).isFalse();
        assertThat(errors("error")).isEqualTo(1);
    }

    @Test
    void anErrorOnOneSideIsNoneWhenTheOtherDecides() {
        assertThat(filters.compile("data.missing > 1 || event == 'paid'").test(Samples.json(PAID)))
                .isTrue();
        assertThat(errors("error")).isZero();
    }

    @Test
    void thePayloadIsNotReadUnlessTheExpressionUsesIt() {
        StoredEvent broken = Samples.json("{no json");
        assertThat(filters.compile("event == 'paid'").test(broken)).isTrue();
        assertThat(filters.compile("event == 'sent' && data.x == 1").test(broken))
                .isFalse();
        assertThat(errors("error")).isZero();
        assertThat(filters.compile("data.x == 1").test(broken)).isFalse();
        assertThat(errors("error")).isEqualTo(1);
    }

    @Test
    void aPayloadThatIsNoJsonIsNull() {
        StoredEvent image =
                Samples.event("pictures", "new", "{\"x\":1}".getBytes(StandardCharsets.UTF_8), "image/png", null);
        assertThat(filters.compile("data == null && sender == ''").test(image)).isTrue();
        assertThat(filters.compile("data.x == 1").test(image)).isFalse();
    }

    @Test
    void anEventWithoutHeadersHasNoneAndIsNoError() {
        assertThat(filters.compile("size(headers) == 0 && !('priority' in headers)")
                        .test(Samples.json("1", EventHeaders.NONE)))
                .isTrue();
        assertThat(filters.compile("'priority' in headers && headers.priority == 'high'")
                        .test(Samples.json("1", EventHeaders.NONE)))
                .isFalse();
        assertThat(errors("error")).isZero();
        assertThat(filters.compile("headers.priority == 'high'").test(Samples.json("1", EventHeaders.NONE)))
                .isFalse();
        assertThat(errors("error")).isEqualTo(1);
    }

    @Test
    void headersCostByTheirSizeAsThePayloadDoes() {
        EventFilter filter = filters.compile("data.l.exists(x, headers == {'no': 'no'})");
        String list = "{\"l\":[" + "1,".repeat(300) + "1]}";
        assertThat(filter.test(Samples.json(list))).isFalse();
        assertThat(errors("cost")).isZero();
        assertThat(filter.test(Samples.json(
                        list,
                        EventHeaders.of(
                                Map.of("a", "x".repeat(1_000), "b", "x".repeat(1_000), "c", "x".repeat(1_000))))))
                .isFalse();
        assertThat(errors("cost")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "                      ``                         ~ INVALID_FILTER",
                "event ==                                         ~ INVALID_FILTER",
                "event                                            ~ INVALID_FILTER",
                "event == 5                                       ~ INVALID_FILTER",
                "headers.priority > 5                             ~ INVALID_FILTER",
                "headers == 'high'                                ~ INVALID_FILTER",
                "headers                                          ~ INVALID_FILTER",
                "headers[1] == 'x'                                ~ INVALID_FILTER",
                "price > 5                                        ~ INVALID_FILTER",
                "data.x.launch()                                  ~ INVALID_FILTER",
                "event + event == 'paidpaid'                      ~ INVALID_FILTER",
                "data.a.matches(data.b)                           ~ FILTER_TOO_COSTLY",
                "data.a.matches('(a{1,100}){1,100}')              ~ FILTER_TOO_COSTLY",
                "data.a.matches('(')                              ~ FILTER_TOO_COSTLY",
                "duration(data.a) > duration('1s')                ~ FILTER_TOO_COSTLY",
                "data.a.all(a, data.b.all(b, data.c.all(c, a == b && b == c))) ~ FILTER_TOO_COSTLY",
            })
    void refusesWhatCannotBeUsed(String expression, String code) {
        assertThatExceptionOfType(PlatformException.class)
                .isThrownBy(() -> filters.compile(expression))
                .satisfies(e -> assertThat(e.error().code()).isEqualTo(code))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("dev.", "Exception"));
    }

    @Test
    void refusesWhatIsTooLongOrTooDeep() {
        assertThatExceptionOfType(PlatformException.class)
                .isThrownBy(() -> filters.compile("true" + " |~ true".repeat(400)))
                .satisfies(e -> assertThat(e.error().code()).isEqualTo("FILTER_TOO_COSTLY"));
        assertThatExceptionOfType(PlatformException.class)
                .isThrownBy(() -> filters.compile("(".repeat(200) + "true" + ")".repeat(200)))
                .satisfies(e -> assertThat(e.error().code()).isEqualTo("INVALID_FILTER"));
    }

    @Test
    void cutsOffWhatTakesTooLong() {
        String many = "[" + "1,".repeat(3_000) + "1]";
        EventFilter filter = filters.compile("data.l.exists(x, data.l.exists(y, x + y == -1))");
        assertThat(filter.test(Samples.json("{\"l\":" + many + "}"))).isFalse();
        assertThat(errors("cost")).isEqualTo(1);
        assertThat(filter.test(Samples.json("{\"l\":[1,-2]}"))).isTrue();
    }

    @Test
    void longStringsCostMoreThanShortOnes() {
        EventFilter filter = filters.compile("data.l.exists(x, data.s == 'no')");
        String list = "[" + "1,".repeat(100) + "1]";
        assertThat(filter.test(Samples.json("{\"l\":" + list + ",\"s\":\"short\"}")))
                .isFalse();
        assertThat(errors("cost")).isZero();
        assertThat(filter.test(Samples.json("{\"l\":" + list + ",\"s\":\"" + "x".repeat(100_000) + "\"}")))
                .isFalse();
        assertThat(errors("cost")).isEqualTo(1);
    }

    @Test
    void longStringsAreNotMatchedWithPatterns() {
        EventFilter filter = filters.compile("data.s.matches('(x+x+)+y')");
        assertThat(filter.test(Samples.json("{\"s\":\"" + "x".repeat(4_000) + "y\"}")))
                .isTrue();
        assertThat(filter.test(Samples.json("{\"s\":\"" + "x".repeat(5_000) + "y\"}")))
                .isFalse();
        assertThat(errors("error")).isEqualTo(1);
    }

    @Test
    void aLongStringIsNotLookedForInALongOne() {
        EventFilter filter = filters.compile("data.a.contains(data.b)");
        String a = "a".repeat(50_000);
        assertThat(filter.test(Samples.json("{\"a\":\"" + a + "\",\"b\":\"ab\"}")))
                .isFalse();
        assertThat(errors("error")).isZero();
        assertThat(filter.test(Samples.json("{\"a\":\"" + a + "\",\"b\":\"" + a + "\"}")))
                .isFalse();
        assertThat(errors("error")).isEqualTo(1);
    }

    @Test
    void equalTextsShareOneFilter() {
        EventFilter first = filters.compile("data.total > 100");
        assertThat(filters.compile("data.total > 100")).isSameAs(first);
        assertThat(filters.compile("data.total > 101")).isNotSameAs(first);
        assertThat(metrics.get("sandpiper.filters.compiled").counter().count()).isEqualTo(2);
    }

    @Test
    void keepsABoundedNumberOfFilters() {
        var few =
                new CelFilters(FilterConfig.from(new Settings(Map.of("SANDPIPER_FILTERS_CACHED", "2")::get)), metrics);
        EventFilter first = few.compile("data.x == 1");
        few.compile("data.x == 2");
        assertThat(few.compile("data.x == 1")).isSameAs(first);
        few.compile("data.x == 3");
        few.compile("data.x == 4");
        assertThat(few.compile("data.x == 1")).isNotSameAs(first);
    }

    private double errors(String cause) {
        return metrics.get("sandpiper.filters.errors")
                .tag("cause", cause)
                .counter()
                .count();
    }
}
