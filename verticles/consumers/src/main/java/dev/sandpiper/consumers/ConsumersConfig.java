package dev.sandpiper.consumers;

import dev.sandpiper.runtime.config.Settings;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Bounds of durable consumers.
 *
 * @param allowance how many there may be
 * @param history how long it is remembered what was decided about an event
 */
public record ConsumersConfig(Allowance allowance, Duration history) {
    private static final String PLANS = "CONSUMERS_PLANS";
    private static final int MOST = 10_000;

    /**
     * Consumers that a project may have.
     *
     * @param perProject where the plan says nothing
     * @param byPlan by the plan of its tenant
     */
    public record Allowance(int perProject, Map<String, Integer> byPlan) {
        public Allowance {
            byPlan = Map.copyOf(byPlan);
        }
    }

    public static ConsumersConfig from(Settings s) {
        int perProject = s.integer(
                "CONSUMERS_PER_PROJECT",
                100,
                1,
                MOST,
                "Durable consumers that a project may have, where the plan of its tenant says nothing");
        return new ConsumersConfig(
                new Allowance(perProject, plans(s)),
                s.duration(
                        "CONSUMERS_HISTORY",
                        Duration.ofMinutes(10),
                        Duration.ofMinutes(1),
                        Duration.ofDays(7),
                        "How long a consumer's acknowledgements are remembered: a crashed NATS server that forgot one may"
                                + " deliver the event again, and within this time nobody sees it"));
    }

    private static Map<String, Integer> plans(Settings s) {
        List<String> texts = s.list(
                PLANS,
                List.of(),
                "Durable consumers that a project may have by its tenant's plan, such as free:5,pro:500");
        Map<String, Integer> plans = new LinkedHashMap<>();
        for (String text : texts) {
            int colon = text.lastIndexOf(':');
            int number = number(text.substring(colon + 1));
            if (colon < 1 || number < 0) {
                s.fault(PLANS, "must be like free:5, up to " + MOST + ", and not " + text);
            } else if (plans.put(text.substring(0, colon), number) != null) {
                s.fault(PLANS, "names the plan " + text.substring(0, colon) + " twice");
            }
        }
        return plans;
    }

    /** Negative when it is none that can be. */
    private static int number(String text) {
        try {
            int number = Integer.parseInt(text);
            return number <= MOST ? number : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
