package dev.sandpiper.perf.servers;

import dev.sandpiper.perf.limits.Broadcaster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The bare Netty broadcaster, in a JVM with the flags of a node. */
public record NettyLimit(Child child, int port) implements Target {
    private static final Duration START = Duration.ofSeconds(20);

    /** @param jvm program and flags */
    public static NettyLimit start(List<String> jvm) throws InterruptedException {
        int port = Ports.free(1);
        List<String> command = new ArrayList<>(jvm);
        command.addAll(List.of(
                "-cp", System.getProperty("java.class.path"), Broadcaster.class.getName(), Integer.toString(port)));
        Child child = Child.start("broadcaster", command, Map.of());
        child.awaitReady(START, () -> child.printed().startsWith("ready"));
        return new NettyLimit(child, port);
    }

    @Override
    public String name() {
        return "bare Netty";
    }

    @Override
    public List<String> options(Transport transport) {
        return List.of(
                "--url=http://127.0.0.1:" + port,
                "--pid=" + child.pid(),
                "--protocol=" + SandpiperTarget.protocol(transport));
    }

    @Override
    public Map<String, String> environment() {
        return Map.of("SANDPIPER_KEY", "none");
    }

    @Override
    public void close() {
        child.close();
    }
}
