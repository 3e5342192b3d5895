package dev.sandpiper.protocol;

/**
 * WebSocket close codes of our own. The range tells a client what to do: 4000 to 4499 reconnect and resume, 4500 to 4999
 * do not come back with the same credential.
 */
public enum CloseCode {
    GOING_AWAY(4000),
    SLOW_CONSUMER(4001),
    PING_TIMEOUT(4002),
    RESUBSCRIBE(4003),
    INTERNAL_ERROR(4004),
    AUTHENTICATION_FAILED(4500),
    TENANT_SUSPENDED(4501),
    KEY_REVOKED(4502),
    KICKED(4503),
    PROTOCOL_VIOLATION(4504),
    TOKEN_EXPIRED(4505);

    private final int number;

    CloseCode(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    public boolean reconnect() {
        return number < 4500;
    }
}
