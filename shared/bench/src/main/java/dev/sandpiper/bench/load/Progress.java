package dev.sandpiper.bench.load;

/** Told often how far a run is, by the thread that runs the scenario; it shows as much of it as it likes. */
@FunctionalInterface
public interface Progress {
    Progress NONE = (phase, fraction) -> {};

    /**
     * @param phase what is being done, such as {@code connecting}
     * @param fraction of the phase that is done, 0 to 1
     */
    void at(String phase, double fraction);
}
