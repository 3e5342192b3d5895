package dev.sandpiper.protocol;

import dev.sandpiper.domain.AvailabilityError.*;
import dev.sandpiper.domain.ConflictError.*;
import dev.sandpiper.domain.ConnectionEnd.*;
import dev.sandpiper.domain.ConsumerError.*;
import dev.sandpiper.domain.CredentialError.*;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.RequestError.*;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How an error looks to clients: the one place that knows.
 *
 * @param status of an HTTP answer
 * @param realtime the code of an {@code error} frame
 * @param close with which a socket ends, when this error ends it
 * @param retryable whether the same request may succeed later
 * @param retryAfter when, if known
 */
public record ErrorMapping(
        int status,
        RealtimeCode realtime,
        CloseCode close,
        boolean retryable,
        @Nullable Duration retryAfter) {
    private static final Duration SOON = Duration.ofSeconds(1);

    public static ErrorMapping of(PlatformError error) {
        return switch (error) {
            case InvalidRequest e -> malformed(400);
            case InvalidJson e -> malformed(400);
            case DuplicateMember e -> malformed(400);
            case NestingTooDeep e -> malformed(400);
            case InvalidUtf8 e -> malformed(400);
            case InvalidTopic e -> malformed(400);
            case InvalidParameter e -> malformed(400);
            case InvalidHeaders e -> malformed(400);
            case InvalidCursor e -> malformed(400);
            case InvalidFilter e -> malformed(400);
            case FilterTooCostly e -> malformed(400);
            case UnsupportedMediaType e -> malformed(415);
            case PayloadTooLarge e -> never(413, RealtimeCode.RT_005, CloseCode.PROTOCOL_VIOLATION);
            case InvalidEventPayload e -> malformed(422);
            case InvalidSchema e -> malformed(400);
            case UriTooLong e -> malformed(414);
            case HeadersTooLarge e -> malformed(431);
            case RequestTimeout e -> later(408, RealtimeCode.RT_001, CloseCode.PING_TIMEOUT, SOON);
            case UpgradeRequired e -> malformed(426);
            case OriginNotAllowed e -> never(403, RealtimeCode.RT_003, CloseCode.AUTHENTICATION_FAILED);

            case RouteNotFound e -> never(404, RealtimeCode.RT_004, CloseCode.PROTOCOL_VIOLATION);
            case MethodNotAllowed e -> never(405, RealtimeCode.RT_007, CloseCode.PROTOCOL_VIOLATION);
            case ResourceNotFound e -> never(404, RealtimeCode.RT_004, CloseCode.PROTOCOL_VIOLATION);
            case NotSubscribed e -> never(404, RealtimeCode.RT_004, CloseCode.PROTOCOL_VIOLATION);
            case AlreadySubscribed e -> malformed(409);

            case MissingCredentials e -> unauthenticated(401);
            case InvalidApiKey e -> unauthenticated(401);
            case InvalidTicket e -> unauthenticated(401);
            case AuthenticationTimeout e -> unauthenticated(401);
            case CredentialInQuery e -> unauthenticated(400);
            case KeyRevoked e -> never(401, RealtimeCode.RT_002, CloseCode.KEY_REVOKED);
            case InvalidToken e -> unauthenticated(401);
            case TokenExpired e -> never(401, RealtimeCode.RT_002, CloseCode.TOKEN_EXPIRED);
            case TokenRevoked e -> never(401, RealtimeCode.RT_002, CloseCode.KEY_REVOKED);
            case ApiKeyRequired e -> never(403, RealtimeCode.RT_003, CloseCode.AUTHENTICATION_FAILED);
            case ChannelNotAllowed e -> never(403, RealtimeCode.RT_003, CloseCode.AUTHENTICATION_FAILED);
            case AddressNotAllowed e -> never(403, RealtimeCode.RT_003, CloseCode.AUTHENTICATION_FAILED);
            case ExceedsOwnRights e -> never(403, RealtimeCode.RT_003, CloseCode.AUTHENTICATION_FAILED);
            case InsufficientScope e -> never(403, RealtimeCode.RT_003, CloseCode.AUTHENTICATION_FAILED);

            case ResourceExists e -> malformed(409);
            case KeyEnded e -> malformed(409);
            case IdempotencyConflict e -> malformed(409);
            case VersionMismatch e -> malformed(412);
            case IncompatibleSchema e -> malformed(409);
            case SchemaInUse e -> malformed(409);
            case TooManyTopicRules e -> malformed(409);
            case DeadLetterIncomplete e -> malformed(409);
            case ConsumerNotRedrivable e -> malformed(409);
            case IssuerExists e -> malformed(409);
            case TooManyIssuers e -> never(409, RealtimeCode.RT_008, CloseCode.PROTOCOL_VIOLATION);
            case StreamExists e -> malformed(409);
            case MoveRefused e -> malformed(409);
            case CursorConflict e -> malformed(409);
            case TooManySchedules e -> never(409, RealtimeCode.RT_008, CloseCode.PROTOCOL_VIOLATION);
            case TooManyPositions e -> never(409, RealtimeCode.RT_008, CloseCode.PROTOCOL_VIOLATION);
            case PositionTaken e -> malformed(409);
            case OfEvent e -> of(e.cause());
            case TooManySubscriptions e -> never(400, RealtimeCode.RT_008, CloseCode.PROTOCOL_VIOLATION);

            case StaleDelivery e -> malformed(409);
            case InvalidDeliveryToken e -> malformed(400);
            case DeliveryExpired e -> malformed(410);
            case ConsumerExists e -> malformed(409);
            case AlreadyConsuming e -> malformed(409);
            case NotConsuming e -> never(404, RealtimeCode.RT_004, CloseCode.PROTOCOL_VIOLATION);
            case TooManyConsumers e -> never(409, RealtimeCode.RT_008, CloseCode.PROTOCOL_VIOLATION);

            case PublisherSaturated e -> unavailable(e.retryAfter());
            case ServerBusy e -> unavailable(e.retryAfter());
            case OutcomeUnknown e -> unavailable(SOON);
            case EventStoreUnavailable e -> unavailable(SOON);
            case DatabaseUnavailable e -> unavailable(SOON);
            case NodeUnavailable e -> unavailable(SOON);
            case IssuerUnavailable e -> unavailable(SOON);
            case StorageFull e -> later(507, RealtimeCode.RT_001, CloseCode.INTERNAL_ERROR, Duration.ofSeconds(30));
            case TooManyConnections e -> later(503, RealtimeCode.RT_008, CloseCode.GOING_AWAY, e.retryAfter());

            case ShuttingDown e -> later(503, RealtimeCode.RT_001, CloseCode.GOING_AWAY, e.reconnectAfter());
            case SlowConsumer e -> later(503, RealtimeCode.RT_001, CloseCode.SLOW_CONSUMER, SOON);
            case TenantSuspended e -> never(403, RealtimeCode.RT_003, CloseCode.TENANT_SUSPENDED);
            case PingTimeout e -> later(408, RealtimeCode.RT_001, CloseCode.PING_TIMEOUT, SOON);
            case StreamMoved e -> later(503, RealtimeCode.RT_001, CloseCode.RESUBSCRIBE, SOON);
            case HistoryTrimmed e -> later(410, RealtimeCode.RT_001, CloseCode.RESUBSCRIBE, SOON);
            case Internal e -> later(500, RealtimeCode.RT_001, CloseCode.INTERNAL_ERROR, SOON);
        };
    }

    private static ErrorMapping malformed(int status) {
        return never(status, RealtimeCode.RT_007, CloseCode.PROTOCOL_VIOLATION);
    }

    private static ErrorMapping unauthenticated(int status) {
        return never(status, RealtimeCode.RT_002, CloseCode.AUTHENTICATION_FAILED);
    }

    private static ErrorMapping unavailable(Duration retryAfter) {
        return later(503, RealtimeCode.RT_001, CloseCode.INTERNAL_ERROR, retryAfter);
    }

    private static ErrorMapping never(int status, RealtimeCode realtime, CloseCode close) {
        return new ErrorMapping(status, realtime, close, false, null);
    }

    private static ErrorMapping later(int status, RealtimeCode realtime, CloseCode close, Duration retryAfter) {
        return new ErrorMapping(status, realtime, close, true, retryAfter);
    }
}
