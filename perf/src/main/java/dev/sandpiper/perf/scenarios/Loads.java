package dev.sandpiper.perf.scenarios;

import java.util.ArrayList;
import java.util.List;

/** Options of the bench that several scenarios share. */
record Loads(Size size) {
    /** One topic. */
    List<String> fanout(int subscribers, double seconds) {
        return List.of(
                "--topics=1",
                "--subscribers=" + subscribers,
                "--rate=" + size.rate(),
                "--payload=128",
                warmUp(size.warmUp()),
                duration(seconds));
    }

    /** Sockets that do nothing; they are held for a while, in which the server may tidy up. */
    List<String> idle(int sockets) {
        return List.of("--connections=" + sockets, duration(size.seconds() / 2));
    }

    /** As many events as the server takes. */
    List<String> publish(int batch) {
        List<String> options = new ArrayList<>(List.of(
                "--connections=" + size.publishers(),
                "--payload=260",
                warmUp(size.warmUp() / 2),
                duration(size.seconds())));
        if (batch > 1) {
            options.add("--batch=" + batch);
        }
        return options;
    }

    static String warmUp(double seconds) {
        return "--warm-up=" + Options.seconds(seconds);
    }

    static String duration(double seconds) {
        return "--duration=" + Options.seconds(seconds);
    }
}
