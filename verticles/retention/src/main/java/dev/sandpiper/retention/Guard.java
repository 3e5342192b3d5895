package dev.sandpiper.retention;

/** Asked right before anything is removed. */
@FunctionalInterface
interface Guard {
    /**
     * @param policiesVersion that the decision to remove is based on
     * @throws StaleDecisionException when this node is not the janitor any more, or something was decided since
     */
    void check(long policiesVersion);
}
