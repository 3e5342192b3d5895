package dev.sandpiper.filters;

import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelCall;
import dev.cel.common.ast.CelExpr.CelComprehension;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an expression costs by its text alone. */
final class CompileCost {
    /** How many elements a list is assumed to have that is not written out. */
    static final int LIST_LENGTH = 100;

    /** Their last argument says what to look for or how to read it, and is prepared once. */
    private static final Set<String> LITERAL_ONLY = Set.of(Language.MATCHES, "duration");

    private final long max;
    private @Nullable String fault;

    private CompileCost(long max) {
        this.max = max;
    }

    /** Why the expression is too costly; null when it is not. */
    static @Nullable String fault(CelExpr expression, long max) {
        var cost = new CompileCost(max);
        long steps = cost.of(expression);
        if (cost.fault != null) {
            return cost.fault;
        }
        return steps > max ? "with lists of " + LIST_LENGTH + " elements it takes more than " + max + " steps" : null;
    }

    private long of(CelExpr expression) {
        return switch (expression.getKind()) {
            case CONSTANT, IDENT, NOT_SET -> 1;
            case SELECT -> 1 + of(expression.select().operand());
            case CALL -> 1 + call(expression.call());
            case LIST -> 1 + sum(expression.list().elements());
            case MAP ->
                1
                        + expression.map().entries().stream()
                                .mapToLong(entry -> of(entry.key()) + of(entry.value()))
                                .sum();
            case STRUCT ->
                1
                        + expression.struct().entries().stream()
                                .mapToLong(entry -> of(entry.value()))
                                .sum();
            case COMPREHENSION -> comprehension(expression.comprehension());
        };
    }

    private long call(CelCall call) {
        List<CelExpr> arguments = call.args();
        if (LITERAL_ONLY.contains(call.function()) && !arguments.isEmpty()) {
            checkLiteral(call.function(), arguments.getLast());
        }
        return call.target().map(this::of).orElse(0L) + sum(arguments);
    }

    private void checkLiteral(String function, CelExpr argument) {
        if (argument.getKind() != CelExpr.ExprKind.Kind.CONSTANT
                || argument.constant().getKind() != CelConstant.Kind.STRING_VALUE) {
            fault = function + " needs a literal string";
        } else if (function.equals(Language.MATCHES)) {
            String wrong = Searches.fault(argument.constant().stringValue());
            fault = wrong == null ? fault : wrong;
        }
    }

    private long comprehension(CelComprehension loop) {
        CelExpr range = loop.iterRange();
        long length = range.getKind() == CelExpr.ExprKind.Kind.LIST
                ? range.list().elements().size()
                : LIST_LENGTH;
        long body = of(loop.loopCondition()) + of(loop.loopStep());
        // Saturates: deep nesting would overflow.
        long loops = length == 0 ? 0 : body > max / length ? max + 1 : length * body;
        return 1 + of(range) + of(loop.accuInit()) + loops + of(loop.result());
    }

    private long sum(List<CelExpr> expressions) {
        long sum = 0;
        for (CelExpr expression : expressions) {
            sum += of(expression);
        }
        return sum;
    }
}
