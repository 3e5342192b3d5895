package dev.sandpiper.runtime.config;

import java.util.List;

/** The configuration cannot be used; says everything that is wrong with it. */
public final class InvalidSettings extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<String> faults;

    public InvalidSettings(List<String> faults) {
        super(String.join("\n", faults), null, false, false);
        this.faults = List.copyOf(faults);
    }

    public List<String> faults() {
        return faults;
    }
}
