package dev.sandpiper.filters;

import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.runtime.events.EventFilter;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * A compiled filter, shared by whoever sent its text. An event goes to all of its subscribers before the next one does, so
 * remembering the latest verdict makes a thousand subscribers cost one evaluation.
 */
final class CelFilter implements EventFilter {
    private record Verdict(WeakReference<StoredEvent> event, boolean matches) {}

    private final CelRuntime.Program program;
    private final EventData data;
    private final int budget;
    private final FilterMetrics metrics;
    private volatile @Nullable Verdict latest;

    CelFilter(CelRuntime.Program program, EventData data, int budget, FilterMetrics metrics) {
        this.program = program;
        this.data = data;
        this.budget = budget;
        this.metrics = metrics;
    }

    @Override
    public boolean test(StoredEvent event) {
        Verdict known = latest;
        if (known != null && known.event.refersTo(event)) {
            return known.matches;
        }
        boolean matches = evaluate(event);
        latest = new Verdict(new WeakReference<>(event), matches);
        return matches;
    }

    private boolean evaluate(StoredEvent event) {
        var cost =
                new EvaluationCost(budget, event.data().length + event.headers().size());
        try {
            Object result = program.trace(new EventVariables(event, data), cost);
            if (result instanceof Boolean matches) {
                return matches;
            }
            metrics.failed();
        } catch (CelEvaluationException | RuntimeException e) {
            // A member that this event lacks, a type that does not fit: ordinary, as events differ. Counted, not
            // logged.
            if (cost.isExceeded()) {
                metrics.cutOff();
            } else {
                metrics.failed();
            }
        }
        return false;
    }
}
