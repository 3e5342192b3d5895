package dev.sandpiper.services;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A JVM for {@link GuardTest} to kill: starts children, one of which ignores being asked to end, and prints their ids. */
final class GuardedParent {
    private GuardedParent() {}

    public static void main(String... arguments) throws InterruptedException {
        Path log = Path.of(arguments[0]);
        ChildProcess polite = start(log, "exec sleep 1000");
        ChildProcess stubborn = start(log, "trap '' TERM; while :; do sleep 1; done");
        ChildProcess frozen = start(log, "exec sleep 1000");
        frozen.signal(ChildSpec.Signal.STOP);
        System.out.println(polite.pid() + " " + stubborn.pid() + " " + frozen.pid());
        System.out.flush();
        Thread.currentThread().join();
    }

    private static ChildProcess start(Path log, String script) {
        return ChildProcess.start(new ChildSpec(List.of("sh", "-c", script), Map.of(), log, ChildSpec.Signal.TERM));
    }
}
