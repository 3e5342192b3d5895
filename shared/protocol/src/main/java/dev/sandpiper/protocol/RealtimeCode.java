package dev.sandpiper.protocol;

/** The codes of {@code error} frames. */
public enum RealtimeCode {
    RT_001("Connection failed"),
    RT_002("Authentication failed"),
    RT_003("Permission denied"),
    RT_004("Channel not found"),
    RT_005("Message too large"),
    RT_006("Rate limit exceeded"),
    RT_007("Invalid message format"),
    RT_008("Channel capacity exceeded"),
    RT_009("Presence update failed");

    private final String meaning;

    RealtimeCode(String meaning) {
        this.meaning = meaning;
    }

    public String meaning() {
        return meaning;
    }
}
