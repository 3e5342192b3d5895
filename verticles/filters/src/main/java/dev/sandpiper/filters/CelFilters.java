package dev.sandpiper.filters;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.runtime.CelEvaluationException;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.runtime.events.EventFilter;
import dev.sandpiper.runtime.events.EventFilters;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The node's filters: each text is compiled once, as long as it is used now and then. Safe for use by several threads. */
public final class CelFilters implements EventFilters {
    private final FilterConfig config;
    private final FilterMetrics metrics;
    private final Language language;
    private final EventData data = new EventData();
    private final Map<String, CelFilter> known;

    public CelFilters(FilterConfig config, MeterRegistry registry) {
        this.config = config;
        this.metrics = new FilterMetrics(registry);
        this.language = new Language(config);
        this.known = new LinkedHashMap<>(64, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, CelFilter> eldest) {
                return size() > config.cached();
            }
        };
        metrics.cached(this, CelFilters::size);
    }

    @Override
    public EventFilter compile(String expression) {
        CelFilter filter = find(expression);
        if (filter != null) {
            return filter;
        }
        if (expression.length() > config.maxLength()) {
            throw costly("it has more than " + config.maxLength() + " characters");
        }
        CelFilter made = make(expression);
        metrics.compiled();
        synchronized (known) {
            CelFilter first = known.putIfAbsent(expression, made);
            return first == null ? made : first;
        }
    }

    private @Nullable CelFilter find(String expression) {
        synchronized (known) {
            return known.get(expression);
        }
    }

    private int size() {
        synchronized (known) {
            return known.size();
        }
    }

    private CelFilter make(String expression) {
        CelAbstractSyntaxTree tree = check(expression);
        String fault = CompileCost.fault(tree.getExpr(), config.maxCost());
        if (fault != null) {
            throw costly(fault);
        }
        try {
            return new CelFilter(language.program(tree), data, config.budget(), metrics);
        } catch (CelEvaluationException e) {
            throw new PlatformException(new RequestError.InvalidFilter("it cannot be planned"), e);
        }
    }

    private CelAbstractSyntaxTree check(String expression) {
        CelValidationResult result = language.check(expression);
        try {
            return result.getAst();
        } catch (CelValidationException e) {
            throw new PlatformException(new RequestError.InvalidFilter(reason(result.getErrors())), e);
        }
    }

    /** The first of the compiler's complaints; the others follow from it more often than not. */
    private static String reason(List<CelIssue> issues) {
        if (issues.isEmpty()) {
            return "it cannot be read";
        }
        CelIssue first = issues.getFirst();
        return "at " + first.getSourceLocation().getLine() + ":"
                + (first.getSourceLocation().getColumn() + 1) + ", " + first.getMessage();
    }

    private static PlatformException costly(String reason) {
        return new PlatformException(new RequestError.FilterTooCostly(reason));
    }
}
