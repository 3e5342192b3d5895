package dev.sandpiper.filters;

import dev.cel.common.ast.CelExpr;
import dev.cel.runtime.CelEvaluationListener;
import java.util.List;
import java.util.Map;

/**
 * Counts the steps of one evaluation and breaks it off when there are too many. A value costs in proportion to what a function can
 * do with it in linear time: a string by its length, a list or an object by the length of payload and headers, which bounds its own.
 */
final class EvaluationCost implements CelEvaluationListener {
    /** Bytes that cost a step. */
    private static final int PER_STEP = 64;

    private final int composite;
    private int left;

    /** @param size of payload and headers in bytes */
    EvaluationCost(int budget, int size) {
        this.left = budget;
        this.composite = 1 + size / PER_STEP;
    }

    /** Has no stack trace: it is thrown for control, perhaps for every event. */
    static final class Exceeded extends RuntimeException {
        private static final long serialVersionUID = 1;

        Exceeded() {
            super("the filter takes too many steps", null, false, false);
        }
    }

    @Override
    public void callback(CelExpr expression, Object value) {
        left -= cost(value);
        if (left < 0) {
            throw new Exceeded();
        }
    }

    private int cost(Object value) {
        if (value instanceof String text) {
            return 1 + text.length() / PER_STEP;
        }
        return value instanceof Map || value instanceof List ? composite : 1;
    }

    boolean isExceeded() {
        return left < 0;
    }
}
