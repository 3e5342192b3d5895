package dev.sandpiper.consumers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandpiper.domain.ConsumerError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.runtime.config.InvalidSettings;
import dev.sandpiper.runtime.config.Settings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many consumers a project may have. */
class AllowanceTest {
    @Test
    void theTenantsPlanSaysHowMany() throws Exception {
        try (ConsumerWorld world = ConsumerWorld.shared(Map.of())) {
            ConsumerService node = world.node(Map.of("free", 2, "pro", 1));
            create(world, node, "first");
            create(world, node, "second");
            assertThatThrownBy(() -> create(world, node, "third"))
                    .isInstanceOfSatisfying(
                            PlatformException.class,
                            refused -> assertThat(refused.error()).isEqualTo(new ConsumerError.TooManyConsumers(2)));
            assertThatThrownBy(() -> create(world, node, "second"))
                    .isInstanceOfSatisfying(
                            PlatformException.class,
                            refused -> assertThat(refused.error()).isInstanceOf(ConsumerError.ConsumerExists.class));
            create(world, world.node(Map.of("pro", 1)), "third");
        }
    }

    private static void create(ConsumerWorld world, ConsumerService node, String name) {
        world.create(node, name, "allowed." + name, Duration.ofSeconds(30), false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"free", ":5", "free:", "free:-1", "free:10001", "free:five", "free:1,free:2"})
    void whatIsNoAllowanceIsSaidAtTheStart(String plans) {
        var settings = new Settings(Map.of("SANDPIPER_CONSUMERS_PLANS", plans)::get);
        ConsumersConfig.from(settings);
        assertThatThrownBy(settings::check).isInstanceOf(InvalidSettings.class).hasMessageContaining("CONSUMERS_PLANS");
    }
}
