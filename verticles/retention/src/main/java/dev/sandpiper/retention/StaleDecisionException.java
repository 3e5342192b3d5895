package dev.sandpiper.retention;

/** What was about to be removed must be decided again, by whoever is the janitor now. */
final class StaleDecisionException extends RuntimeException {
    private static final long serialVersionUID = 1;

    StaleDecisionException(String reason) {
        super(reason, null, false, false);
    }
}
