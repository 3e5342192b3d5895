package dev.sandpiper.launcher.doctor;

/**
 * What a check found.
 *
 * @param advice what to do; empty when nothing needs to be done
 */
record Finding(Grade grade, String subject, String text, String advice) {
    enum Grade {
        GOOD,
        /** Works, but could be better. */
        FAIR,
        /** Sandpiper does not run like this. */
        BAD
    }

    static Finding good(String subject, String text) {
        return new Finding(Grade.GOOD, subject, text, "");
    }

    static Finding fair(String subject, String text, String advice) {
        return new Finding(Grade.FAIR, subject, text, advice);
    }

    static Finding bad(String subject, String text, String advice) {
        return new Finding(Grade.BAD, subject, text, advice);
    }
}
