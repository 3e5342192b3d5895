package dev.sandpiper.embed.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.testkit.Eventually;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A page of another origin that listens by {@code WebSocket} and {@code EventSource} to what curl publishes. */
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class BrowserTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Reports each message as {@code ws <data> <cursor>} or {@code sse <data> <id>}, in the order of their coming. */
    private static final String PAGE = """
            <!doctype html><title>Listening</title><script>
            const node = "NODE", key = "KEY";
            let reported = Promise.resolve();
            const report = text => reported = reported.then(() => fetch("/report", {method: "POST", body: text}));
            const ticket = async () => {
              const answer = await fetch(`${node}/v1/tickets`, {method: "POST", headers: {Authorization: `Bearer ${key}`}});
              return (await answer.json()).ticket;
            };
            const socket = async () => {
              const ws = new WebSocket(`${node.replace("http", "ws")}/v1/ws?ticket=${await ticket()}`);
              ws.onmessage = m => {
                const frame = JSON.parse(m.data);
                if (frame.type === "connected") ws.send(JSON.stringify({type: "subscribe", id: "1", channel: "news"}));
                if (frame.type === "subscribed") report("ws listens");
                if (frame.type === "message") report(`ws ${frame.data.text} ${frame.cursor}`);
              };
              ws.onclose = e => report(`ws closed ${e.code}`);
            };
            const stream = async () => {
              const sse = new EventSource(`${node}/v1/sse?topics=news&ticket=${await ticket()}`);
              sse.onopen = () => report("sse listens");
              sse.addEventListener("message", e => report(`sse ${JSON.parse(e.data).data.text} ${e.lastEventId}`));
            };
            Promise.all([socket(), stream()]).catch(e => report(`failed ${e}`));
            </script>
            """;

    @SuppressWarnings("NullAway.Init")
    private PageServer pages;

    @SuppressWarnings("NullAway.Init")
    private TestNode node;

    @SuppressWarnings("NullAway.Init")
    private TestProject project;

    @BeforeEach
    void start() throws IOException {
        assumeTrue(program("chromium").isPresent(), "there is no chromium on the PATH; Debian has it as a package");
        assumeTrue(program("curl").isPresent(), "there is no curl on the PATH");
        pages = PageServer.start();
        node = TestNode.start(Map.of("CORS_ORIGINS", pages.origin(), "SOCKETS_ALLOWED_ORIGINS", pages.origin()));
        project = node.createProject();
        pages.serve(PAGE.replace("NODE", node.http().toString()).replace("KEY", project.key()));
    }

    @AfterEach
    void stop() {
        if (pages != null) {
            pages.close();
        }
        if (node != null) {
            node.close();
        }
    }

    @Test
    void aPageReceivesWhatCurlPublishesBySocketAndByEventStream() throws Exception {
        try (Chromium browser = Chromium.show(program("chromium").orElseThrow(), pages.origin() + "/page")) {
            await(browser, "ws listens", "sse listens");

            String first = curl("größe <1>");
            String second = curl("two");

            await(browser, "ws two " + second, "sse two " + second);
            assertThat(of("ws ")).containsExactly("ws listens", "ws größe <1> " + first, "ws two " + second);
            assertThat(of("sse ")).containsExactly("sse listens", "sse größe <1> " + first, "sse two " + second);
            assertThat(pages.reports()).hasSize(6);
        }
    }

    @Test
    void aPageOfAnOriginThatIsNotAllowedGetsNothing() throws Exception {
        try (Chromium browser = Chromium.show(program("chromium").orElseThrow(), pages.otherOrigin() + "/page")) {
            await(browser, "failed TypeError: Failed to fetch");
            assertThat(pages.reports()).containsExactly("failed TypeError: Failed to fetch");
        }
    }

    private static Optional<Path> program(String name) {
        return Chromium.find(name);
    }

    private void await(Chromium browser, String... reports) throws IOException {
        try {
            Eventually.get("the page reports", PATIENCE, pages::reports, said -> said.containsAll(List.of(reports)));
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; the browser says: " + browser.log(), e);
        }
    }

    private List<String> of(String prefix) {
        return pages.reports().stream()
                .filter(report -> report.startsWith(prefix))
                .toList();
    }

    /** @return the cursor of the receipt */
    private String curl(String text) throws Exception {
        Process curl = new ProcessBuilder(
                        "curl",
                        "-sS",
                        "--fail-with-body",
                        "--noproxy",
                        "*",
                        "--max-time",
                        "10",
                        node.http() + "/v1/events",
                        "-H",
                        "Authorization: Bearer " + project.key(),
                        "-H",
                        "Content-Type: application/json",
                        "-d",
                        "{\"topic\":\"news\",\"data\":{\"text\":\"" + text + "\"}}")
                .redirectErrorStream(true)
                .start();
        String answer = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(curl.waitFor(15, TimeUnit.SECONDS)).isTrue();
        assertThat(curl.exitValue()).as(answer).isZero();
        return answer.replaceFirst(".*\"cursor\":\"([^\"]*)\".*", "$1");
    }
}
