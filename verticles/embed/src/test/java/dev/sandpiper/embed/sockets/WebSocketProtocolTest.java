package dev.sandpiper.embed.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.embed.sockets.RawWebSocket.Frame;
import dev.sandpiper.protocol.PayloadLimit;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6455, byte by byte. */
class WebSocketProtocolTest {
    private static final int MAX_PAYLOAD = 131_072;
    private static final int MAX_MESSAGE = new PayloadLimit(MAX_PAYLOAD).document();

    private final TestNode node = TestNode.shared();
    private final TestProject project = node.createProject();
    private RawWebSocket socket = RawWebSocket.connect(node.ws(), project.key());

    @BeforeEach
    void isUp() {
        assertPong("up");
    }

    @AfterEach
    void hangUp() {
        socket.close();
    }

    @Test
    void theHandshakeIsAnsweredAsTheStandardComputesIt() {
        try (RawWebSocket other = RawWebSocket.handshake(node.ws(), project.key())) {
            assertThat(other.status()).isEqualTo(101);
            assertThat(other.header("Sec-WebSocket-Accept")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
            assertThat(other.header("Upgrade")).isEqualToIgnoringCase("websocket");
        }
    }

    @Test
    void compressionIsNotAgreedTo() {
        try (RawWebSocket other = RawWebSocket.handshake(
                node.ws(),
                project.key(),
                "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, x-webkit-deflate-frame")) {
            assertThat(other.status()).isEqualTo(101);
            assertThat(other.header("Sec-WebSocket-Extensions")).isNull();
            other.bytes(RawWebSocket.encode(0xc1, "compressed".getBytes(StandardCharsets.UTF_8), true));
            assertThat(other.closing().closeCode()).isEqualTo(1002);
        }
    }

    @Test
    void framesWithoutAMaskEndTheConnection() {
        socket.bytes(RawWebSocket.encode(0x81, "{\"type\":\"ping\"}".getBytes(StandardCharsets.UTF_8), false));
        assertClosed(1002);
    }

    @Test
    void fragmentsArePutTogetherWithControlFramesInBetween() {
        byte[] text = "{\"type\":\"ping\",\"id\":\"käse\"}".getBytes(StandardCharsets.UTF_8);
        socket.frame(false, RawWebSocket.TEXT, Arrays.copyOfRange(text, 0, 20));
        socket.frame(true, RawWebSocket.PING, new byte[] {1, 2, 3});
        // Within a character of two bytes.
        socket.frame(false, 0, Arrays.copyOfRange(text, 20, 23));
        socket.frame(false, 0, new byte[0]);
        socket.frame(true, 0, Arrays.copyOfRange(text, 23, text.length));

        Frame pong = socket.nextFrame();
        assertThat(Objects.requireNonNull(pong).opcode()).isEqualTo(RawWebSocket.PONG);
        assertThat(pong.payload()).containsExactly(1, 2, 3);
        assertThat(socket.next().getString("id")).isEqualTo("käse");
    }

    @Test
    void everyByteMayComeInAPacketOfItsOwn() {
        for (byte b :
                RawWebSocket.encode(0x81, "{\"type\":\"ping\",\"id\":\"s\"}".getBytes(StandardCharsets.UTF_8), true)) {
            socket.bytes(new byte[] {b});
        }
        assertThat(socket.next().getString("id")).isEqualTo("s");
    }

    @Test
    void manyFramesMayComeInOnePacket() {
        byte[] ping = RawWebSocket.encode(0x81, "{\"type\":\"ping\"}".getBytes(StandardCharsets.UTF_8), true);
        byte[] hundred = new byte[ping.length * 100];
        for (int i = 0; i < 100; i++) {
            System.arraycopy(ping, 0, hundred, i * ping.length, ping.length);
        }
        socket.bytes(hundred);
        for (int i = 0; i < 100; i++) {
            assertThat(socket.next().getString("type")).isEqualTo("pong");
        }
    }

    @Test
    void textThatIsNotUtf8EndsTheConnectionEvenWhenSplit() {
        byte[] start = "{\"type\":\"ping\",\"id\":\"".getBytes(StandardCharsets.UTF_8);
        socket.frame(false, RawWebSocket.TEXT, start);
        socket.frame(false, 0, new byte[] {(byte) 0xc3});
        socket.frame(true, 0, new byte[] {(byte) 0x28, '"', '}'});
        assertClosed(1007);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x91, 0xa1, 0xc1, 0x83, 0x87, 0x8b, 0x8f, 0x09, 0x08, 0x80})
    void reservedBitsAndOpcodesAndFragmentedControlFramesEndTheConnection(int first) {
        socket.bytes(RawWebSocket.encode(first, new byte[0], true));
        assertClosed(1002);
    }

    @Test
    void aControlFrameOf126BytesEndsTheConnection() {
        socket.frame(true, RawWebSocket.PING, new byte[126]);
        assertClosed(1002);
    }

    @Test
    void aNewMessageWithinAFragmentedOneEndsTheConnection() {
        socket.frame(false, RawWebSocket.TEXT, new byte[] {'{'});
        socket.text("{\"type\":\"ping\"}");
        assertClosed(1002);
    }

    @Test
    void pingsAreAnsweredWithTheirPayload() {
        byte[] payload = new byte[125];
        Arrays.fill(payload, (byte) 'x');
        socket.frame(true, RawWebSocket.PING, payload);
        Frame pong = socket.nextFrame();
        assertThat(Objects.requireNonNull(pong).opcode()).isEqualTo(RawWebSocket.PONG);
        assertThat(pong.payload()).isEqualTo(payload);
    }

    @Test
    void aPongThatNobodyAskedForIsIgnored() {
        socket.frame(true, RawWebSocket.PONG, new byte[] {9});
        assertPong("still here");
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 1001, 3000, 4999})
    void aCloseIsAnsweredInKindAndThenTheConnectionEnds(int code) {
        socket.frame(true, RawWebSocket.CLOSE, new byte[] {(byte) (code >> 8), (byte) code, 'o', 'k'});
        assertThat(socket.closing().closeCode()).isEqualTo(code);
        assertThat(socket.ends()).isTrue();
    }

    @Test
    void aCloseWithoutACodeIsAnsweredWithoutOne() {
        socket.frame(true, RawWebSocket.CLOSE, new byte[0]);
        assertThat(socket.closing().payload()).isEmpty();
        assertThat(socket.ends()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 999, 1004, 1005, 1006, 1015, 2999})
    void aCloseCodeThatMustNotBeSentIsAViolation(int code) {
        socket.frame(true, RawWebSocket.CLOSE, new byte[] {(byte) (code >> 8), (byte) code});
        assertClosed(1002);
    }

    @Test
    void aCloseFrameOfOneByteIsAViolation() {
        socket.frame(true, RawWebSocket.CLOSE, new byte[] {3});
        assertClosed(1002);
    }

    @Test
    void theLargestMessageIsTakenWholeAndInFragments() {
        String large = ping(MAX_MESSAGE);
        assertThat(socket.text(large).next().getString("type")).isEqualTo("pong");
        byte[] bytes = large.getBytes(StandardCharsets.UTF_8);
        socket.frame(false, RawWebSocket.TEXT, Arrays.copyOfRange(bytes, 0, 100_000));
        socket.frame(true, 0, Arrays.copyOfRange(bytes, 100_000, bytes.length));
        assertThat(socket.next().getString("type")).isEqualTo("pong");
    }

    @Test
    void oneByteMoreIsTooLarge() {
        socket.text(ping(MAX_MESSAGE + 1));
        assertTooLarge();
    }

    @Test
    void oneByteMoreInFragmentsIsTooLarge() {
        byte[] bytes = ping(MAX_MESSAGE + 1).getBytes(StandardCharsets.UTF_8);
        socket.frame(false, RawWebSocket.TEXT, Arrays.copyOfRange(bytes, 0, 100_000));
        socket.frame(false, 0, Arrays.copyOfRange(bytes, 100_000, bytes.length - 1));
        socket.frame(true, 0, Arrays.copyOfRange(bytes, bytes.length - 1, bytes.length));
        assertTooLarge();
    }

    @Test
    void aPayloadOfExactlyTheLimitIsPublishedWhateverItIsWrappedIn() {
        String data = "\"" + "x".repeat(MAX_PAYLOAD - 2) + "\"";
        String name = "e".repeat(128);
        JsonObject answer = socket.text("{\"type\":\"message\",\"id\":\"1\",\"channel\":\"large\",\"event\":\"" + name
                        + "\",\"key\":\"" + "k".repeat(256) + "\",\"data\":" + data + "}")
                .next();
        assertThat(answer.getString("type")).as(answer.encode()).isEqualTo("published");
        String encoded = Base64.getEncoder().encodeToString(new byte[MAX_PAYLOAD]);
        answer = socket.text("{\"type\":\"message\",\"channel\":\"large\",\"encoding\":\"base64\",\"data\":\"" + encoded
                        + "\"}")
                .next();
        assertThat(answer.getString("type")).as(answer.encode()).isEqualTo("published");
    }

    @Test
    void aPayloadOfOneByteMoreIsRefusedAsOverRestAndTheConnectionLivesOn() {
        String data = "\"" + "x".repeat(MAX_PAYLOAD - 1) + "\"";
        JsonObject answer = socket.text(
                        "{\"type\":\"message\",\"id\":\"1\",\"channel\":\"large\",\"data\":" + data + "}")
                .next();
        assertThat(answer.getString("type")).isEqualTo("error");
        assertThat(answer.getString("id")).isEqualTo("1");
        assertThat(answer.getString("name")).isEqualTo("PAYLOAD_TOO_LARGE");
        String encoded = Base64.getEncoder().encodeToString(new byte[MAX_PAYLOAD + 1]);
        answer = socket.text("{\"type\":\"message\",\"channel\":\"large\",\"encoding\":\"base64\",\"data\":\"" + encoded
                        + "\"}")
                .next();
        assertThat(answer.getString("name")).isEqualTo("PAYLOAD_TOO_LARGE");
        assertPong("still here");
    }

    private void assertTooLarge() {
        JsonObject error = socket.next();
        assertThat(error.getString("code")).isEqualTo("RT_005");
        assertThat(error.getString("name")).isEqualTo("PAYLOAD_TOO_LARGE");
        assertClosed(1009);
    }

    private void assertClosed(int code) {
        assertThat(socket.closing().closeCode()).isEqualTo(code);
        assertThat(socket.ends()).isTrue();
    }

    private void assertPong(String id) {
        JsonObject pong = socket.ask(new JsonObject().put("type", "ping").put("id", id));
        assertThat(pong).isEqualTo(new JsonObject().put("type", "pong").put("id", id));
    }

    private static String ping(int length) {
        String frame = "{\"type\":\"ping\",\"x\":\"\"}";
        return frame.substring(0, frame.length() - 2) + "x".repeat(length - frame.length()) + "\"}";
    }
}
