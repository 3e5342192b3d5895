package dev.sandpiper.tokens;

import static dev.sandpiper.tokens.TokenWorld.SECRET;
import static dev.sandpiper.tokens.TokenWorld.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Capability;
import dev.sandpiper.domain.ChannelAccess;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.runtime.auth.Authenticator;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;

/** What a token grants is allowed, and nothing else is, whatever it grants: from the signed text to the decision. */
class ChannelProperties {
    private static final TokenWorld WORLD = new TokenWorld(Map.of());
    private static final Issuer ISSUER = WORLD.secret("i");
    private static final Authenticator NODE = WORLD.node().authenticator();

    @AfterContainer
    static void stop() {
        WORLD.close();
    }

    @Property(tries = 300)
    void aTokenAllowsWhatItGrantsAndNothingElse(
            @ForAll("grants") Map<String, Set<Capability>> grants,
            @ForAll("names") String topic,
            @ForAll Capability capability) {
        var claim = new JsonObject();
        grants.forEach((pattern, capabilities) -> {
            var names = new JsonArray();
            capabilities.forEach(one -> names.add(one.wireName()));
            claim.put(pattern, names);
        });
        ChannelAccess access = await(NODE.authenticate(
                        Signer.hs256(SECRET).token(GoodClaims.claims(ISSUER).put("channels", claim))))
                .channels();
        assertThat(access.allows(capability, new Topic(topic)))
                .isEqualTo(grants.entrySet().stream()
                        .anyMatch(grant -> grant.getValue().contains(capability)
                                && (grant.getKey().endsWith("*")
                                        ? topic.startsWith(grant.getKey()
                                                .substring(0, grant.getKey().length() - 1))
                                        : grant.getKey().equals(topic))));
    }

    /** A whole pattern is allowed only when every channel that it could stand for is. */
    @Property(tries = 300)
    void aPatternIsAllowedOnlyWithAllThatItStandsFor(
            @ForAll("grants") Map<String, Set<Capability>> grants,
            @ForAll("names") String prefix,
            @ForAll("names") String rest) {
        Map<TopicPattern, Set<Capability>> patterns = new HashMap<>();
        grants.forEach((pattern, capabilities) -> patterns.put(new TopicPattern(pattern), capabilities));
        ChannelAccess access = ChannelAccess.of(patterns);
        if (access.allows(Capability.HISTORY, new TopicPattern(prefix + "*"))) {
            assertThat(access.allows(Capability.HISTORY, new Topic(prefix))).isTrue();
            assertThat(access.allows(Capability.HISTORY, new Topic(prefix + rest)))
                    .isTrue();
        }
    }

    /** Few letters, so that they often meet. */
    @Provide
    Arbitrary<String> names() {
        return Arbitraries.strings().withChars("ab:").ofMinLength(1).ofMaxLength(4);
    }

    @Provide
    Arbitrary<Map<String, Set<Capability>>> grants() {
        Arbitrary<String> patterns = Arbitraries.oneOf(names(), names().map(name -> name + "*"), Arbitraries.just("*"));
        return Arbitraries.maps(patterns, Arbitraries.of(Capability.class).set().ofMaxSize(4))
                .ofMaxSize(4);
    }
}
