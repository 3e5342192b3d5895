package dev.sandpiper.filters;

import dev.cel.checker.CelStandardDeclarations;
import dev.cel.checker.CelStandardDeclarations.StandardFunction;
import dev.cel.checker.CelStandardDeclarations.StandardFunction.Overload.Arithmetic;
import dev.cel.checker.CelStandardDeclarations.StandardOverload;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOptions;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.Set;

/**
 * CEL as filters have it: the standard language without what can make strings longer, and with functions of our own where those
 * of the library could take more than linear time.
 *
 * @see <a href="https://github.com/google/cel-spec">The language</a>
 */
final class Language {
    static final String MATCHES = "matches";
    private static final int DEPTH = 32;
    private static final String MATCHES_GLOBAL = "matches_bounded";
    private static final String MATCHES_MEMBER = "matches_bounded_string";
    private static final String CONTAINS = "contains_bounded_string";
    private static final Set<StandardFunction> REPLACED = Set.of(StandardFunction.MATCHES, StandardFunction.CONTAINS);
    private static final Set<StandardOverload> LEFT_OUT = Set.of(Arithmetic.ADD_STRING, Arithmetic.ADD_BYTES);

    private final CelCompiler compiler;
    private final CelRuntime runtime;

    Language(FilterConfig config) {
        CelOptions options = CelOptions.current()
                .maxExpressionCodePointSize(config.maxLength())
                .maxParseRecursionDepth(DEPTH)
                .enableHeterogeneousNumericComparisons(true)
                .comprehensionMaxIterations(config.budget())
                .build();
        this.compiler = CelCompilerFactory.standardCelCompilerBuilder()
                .setOptions(options)
                .setStandardEnvironmentEnabled(false)
                .setStandardDeclarations(CelStandardDeclarations.newBuilder()
                        .filterFunctions(
                                (function, overload) -> !REPLACED.contains(function) && !LEFT_OUT.contains(overload))
                        .build())
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                .addFunctionDeclarations(
                        CelFunctionDecl.newFunctionDeclaration(
                                MATCHES,
                                CelOverloadDecl.newGlobalOverload(
                                        MATCHES_GLOBAL, SimpleType.BOOL, SimpleType.STRING, SimpleType.STRING),
                                CelOverloadDecl.newMemberOverload(
                                        MATCHES_MEMBER, SimpleType.BOOL, SimpleType.STRING, SimpleType.STRING)),
                        CelFunctionDecl.newFunctionDeclaration(
                                "contains",
                                CelOverloadDecl.newMemberOverload(
                                        CONTAINS, SimpleType.BOOL, SimpleType.STRING, SimpleType.STRING)))
                .addVar(EventVariables.EVENT, SimpleType.STRING)
                .addVar(EventVariables.DATA, SimpleType.DYN)
                .addVar(EventVariables.SENDER, SimpleType.STRING)
                .addVar(EventVariables.TOPIC, SimpleType.STRING)
                .addVar(EventVariables.TIMESTAMP, SimpleType.TIMESTAMP)
                .addVar(EventVariables.HEADERS, MapType.create(SimpleType.STRING, SimpleType.STRING))
                .setResultType(SimpleType.BOOL)
                .build();
        this.runtime = CelRuntimeFactory.legacyCelRuntimeBuilder()
                .setOptions(options)
                .addFunctionBindings(
                        CelFunctionBinding.from(MATCHES_GLOBAL, String.class, String.class, Searches::matches),
                        CelFunctionBinding.from(MATCHES_MEMBER, String.class, String.class, Searches::matches),
                        CelFunctionBinding.from(CONTAINS, String.class, String.class, Searches::contains))
                .build();
    }

    CelValidationResult check(String expression) {
        return compiler.compile(expression);
    }

    CelRuntime.Program program(CelAbstractSyntaxTree checked) throws CelEvaluationException {
        return runtime.createProgram(checked);
    }
}
