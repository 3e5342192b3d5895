package dev.sandpiper.embed.topics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.topics.RuleApi.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicRuleBadInputTest {
    private final TestNode node = TestNode.shared();
    private final RuleApi api = new RuleApi(node, node.createProject());

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{broken | INVALID_JSON",
                "[] | INVALID_REQUEST",
                "{\"class\":\"best\"} | INVALID_PARAMETER",
                "{\"class\":7} | INVALID_PARAMETER",
                "{\"clas\":\"durable\"} | INVALID_PARAMETER",
                "{\"class\":\"durable\",\"class\":\"durable\"} | DUPLICATE_MEMBER",
                "{\"retention\":{\"age\":\"-1d\"}} | INVALID_PARAMETER",
                "{\"retention\":{\"count\":-1}} | INVALID_PARAMETER",
                "{\"retention\":{\"bytes\":0}} | INVALID_PARAMETER",
                "{\"retention\":{\"count\":1.5}} | INVALID_PARAMETER",
                "{\"retention\":{\"weeks\":1}} | INVALID_PARAMETER",
                "{\"retention\":7} | INVALID_PARAMETER",
                "{\"ttl\":\"soon\"} | INVALID_PARAMETER",
                "{\"ttl\":\"1500ms\"} | INVALID_PARAMETER",
                "{\"ttl\":\"99999d\"} | INVALID_PARAMETER",
                "{\"ttl\":\"999999999999d\"} | INVALID_PARAMETER",
                "{\"dedupe_window\":\"0s\"} | INVALID_PARAMETER",
                "{\"dedupe_window\":\"31d\"} | INVALID_PARAMETER",
                "{\"max_payload\":-1} | INVALID_PARAMETER",
                "{\"max_payload\":99999999999} | INVALID_PARAMETER",
                "{\"pattern\":\"other\"} | INVALID_PARAMETER",
                "{\"version\":\"1\"} | INVALID_PARAMETER",
                "{\"version\":7} | VERSION_MISMATCH",
                "{\"schema\":7} | INVALID_SCHEMA",
                "{\"schema\":\"{}\"} | INVALID_SCHEMA",
                "{\"schema\":{\"type\":\"text\"}} | INVALID_SCHEMA",
                "{\"schema\":{\"$ref\":\"https://example.org/schema\"}} | INVALID_SCHEMA",
                "{\"schema\":{\"$ref\":\"topic:t\"}} | INVALID_SCHEMA",
                "{\"schema\":{\"$ref\":\"topic:nowhere\"}} | INVALID_SCHEMA",
                "{\"schema\":{\"patternProperties\":{\"^(a+)+$\":true}}} | INVALID_SCHEMA",
            })
    void aRuleThatIsNoneIsRefused(String rule, String code) {
        Answer answer = api.put("t", rule);
        assertThat(answer.code()).as(answer.body()).isEqualTo(code);
        assertThat(answer.error().getString("message")).isNotBlank();
        assertThat(api.rule("t").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({
        "a*b, INVALID_TOPIC",
        "**, INVALID_TOPIC",
        "a>, INVALID_TOPIC",
        "a b, INVALID_TOPIC",
        "'\u0007*', INVALID_TOPIC"
    })
    void aPatternThatIsNoneIsRefused(String pattern, String code) {
        assertThat(api.put(pattern, "{}").code()).isEqualTo(code);
        assertThat(api.rule(pattern).code()).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource({
        "?dry_run=0",
        "?dry_run=1001",
        "?dry_run=-1",
        "?compatibility=forward",
        "?compatible=backward",
        "?project=NO"
    })
    void aQueryThatIsNotKnownIsRefused(String query) {
        assertThat(api.putWith(query, "t", "{}").status()).isIn(400, 404);
    }

    @ParameterizedTest
    @CsvSource({"If-Match, x", "If-Match, W/1", "If-Match, ''", "If-None-Match, 7"})
    void aPreconditionThatIsNoneIsRefused(String header, String value) {
        assertThat(api.put("t", "{}", header, "\"" + value + "\"").code()).isEqualTo("INVALID_PARAMETER");
    }

    @Test
    void whatIsTooLargeOrTooLongIsRefused() {
        String schema = "{\"schema\":{\"title\":\"" + "x".repeat(70_000) + "\"}}";
        assertThat(api.put("t", schema).code()).isEqualTo("INVALID_SCHEMA");
        String body = "{\"schema\":{\"title\":\"" + "x".repeat(100_000) + "\"}}";
        assertThat(api.put("t", body).code()).isEqualTo("PAYLOAD_TOO_LARGE");
        assertThat(api.put("x".repeat(256), "{}").code()).isEqualTo("INVALID_TOPIC");
    }

    @Test
    void aProjectHasSoManyRulesAndNoMore() {
        for (int i = 0; i < 200; i++) {
            assertThat(api.put("t" + i, "{}").status()).isEqualTo(201);
        }
        Answer refused = api.put("one.more", "{}");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("TOO_MANY_TOPIC_RULES");
        assertThat(api.put("t0", "{}").status()).isEqualTo(200);
    }
}
