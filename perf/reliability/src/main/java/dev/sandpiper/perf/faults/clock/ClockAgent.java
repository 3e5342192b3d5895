package dev.sandpiper.perf.faults.clock;

import static net.bytebuddy.matcher.ElementMatchers.any;
import static net.bytebuddy.matcher.ElementMatchers.is;
import static net.bytebuddy.matcher.ElementMatchers.isDeclaredBy;
import static net.bytebuddy.matcher.ElementMatchers.nameStartsWith;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.none;
import static net.bytebuddy.matcher.ElementMatchers.not;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.MemberSubstitution;

/**
 * Makes the JVM that it is loaded into see a wrong time of the day: in {@code java.time}, and where this project's and
 * Hazelcast's code asks {@link System#currentTimeMillis()}.
 */
public final class ClockAgent {
    /** In milliseconds. A system property, because classes of the JDK must see it too. */
    private static final String OFFSET = "sandpiper.clock.offset";

    private static final long LOOK_NANOS = 50_000_000;

    private ClockAgent() {}

    /** @param file see {@link Clock} */
    public static void premain(String file, Instrumentation instrumentation) throws NoSuchMethodException {
        var millis = MemberSubstitution.relaxed()
                .method(named("currentTimeMillis").and(isDeclaredBy(System.class)))
                .replaceWith(ClockAgent.class.getMethod("currentTimeMillis"));
        new AgentBuilder.Default()
                .disableClassFormatChanges()
                .with(AgentBuilder.RedefinitionStrategy.RETRANSFORMATION)
                .with(AgentBuilder.Listener.StreamWriting.toSystemError().withErrorsOnly())
                .ignore(none())
                .type(named("java.time.Clock"))
                .transform((type, described, loader, module, domain) ->
                        type.visit(Advice.to(Turned.class).on(named("currentInstant"))))
                .type(named("java.time.Clock$SystemClock"))
                .transform((type, described, loader, module, domain) ->
                        type.visit(Advice.to(TurnedMillis.class).on(named("millis"))))
                .type(nameStartsWith("dev.sandpiper.")
                        .or(nameStartsWith("com.hazelcast.internal.util.Clock"))
                        .and(not(is(ClockAgent.class))))
                .transform((type, described, loader, module, domain) -> type.visit(millis.on(any())))
                .installOn(instrumentation);
        Thread watch = new Thread(() -> watch(Path.of(file)), "clock-agent");
        watch.setDaemon(true);
        watch.start();
    }

    /** In place of {@link System#currentTimeMillis()}. */
    public static long currentTimeMillis() {
        return System.currentTimeMillis() + Long.getLong(OFFSET, 0);
    }

    private static void watch(Path file) {
        String taken = "";
        while (true) {
            try {
                String wanted = Files.exists(file) ? Files.readString(file) : "";
                if (!wanted.equals(taken)) {
                    System.setProperty(OFFSET, wanted);
                    Files.writeString(Clock.taken(file), wanted);
                    taken = wanted;
                }
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot read " + file, e);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** Its code is copied into a class of the JDK, which cannot see this one. */
    private static final class Turned {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) Instant now) {
            now = now.plusMillis(Long.getLong(OFFSET, 0));
        }
    }

    /** As {@link Turned}. */
    private static final class TurnedMillis {
        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) long now) {
            now += Long.getLong(OFFSET, 0);
        }
    }
}
