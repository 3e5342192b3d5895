package dev.sandpiper.launcher.dev;

/**
 * @param tenant id of the demo tenant
 * @param project id of the demo project
 * @param key publishes and subscribes there
 * @param operatorKey administers the whole installation
 */
record DemoKeys(String tenant, String project, String key, String operatorKey) {
    /** Hides the keys. */
    @Override
    public String toString() {
        return "DemoKeys[" + tenant + "/" + project + "]";
    }
}
