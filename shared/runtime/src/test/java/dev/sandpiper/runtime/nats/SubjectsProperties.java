package dev.sandpiper.runtime.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.testkit.NatsFixture;
import dev.sandpiper.testkit.Topics;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

class SubjectsProperties {
    private static final TenantId TENANT = new TenantId("acme");
    private static final ProjectId PROJECT = new ProjectId("prod");
    private static final Subjects SUBJECTS = new Subjects("subjects");
    private static final BlockingQueue<Message> HEARD = new LinkedBlockingQueue<>();

    private static @Nullable Connection connection;

    @BeforeContainer
    static void connect() throws Exception {
        Connection opened = Nats.connect(NatsFixture.shared().url());
        opened.createDispatcher(HEARD::add).subscribe(SUBJECTS.liveWildcard());
        opened.flush(Duration.ofSeconds(2));
        connection = opened;
    }

    @AfterContainer
    static void disconnect() throws Exception {
        nats().close();
    }

    @Provide
    Arbitrary<Topic> topics() {
        return Topics.any();
    }

    @Property(tries = 1000)
    void aFilterForABeginningLetsEveryTopicPassThatBeginsSo(
            @ForAll("topics") Topic topic, @ForAll @IntRange(max = 40) int at) {
        String name = topic.name();
        int cut = Math.min(at, name.length());
        if (cut > 0 && cut < name.length() && Character.isSurrogatePair(name.charAt(cut - 1), name.charAt(cut))) {
            cut--;
        }
        String filter = SUBJECTS.storedUnder(TENANT, PROJECT, name.substring(0, cut));

        assertThat(filter).endsWith(".>");
        assertThat(SUBJECTS.stored(TENANT, PROJECT, topic)).startsWith(filter.substring(0, filter.length() - 1));
    }

    @Property(tries = 1000)
    void aSubjectLeadsBackToItsTopic(@ForAll("topics") Topic topic) {
        var address = new Subjects.Address(TENANT, PROJECT, topic);
        assertThat(SUBJECTS.parse(SUBJECTS.stored(TENANT, PROJECT, topic))).isEqualTo(address);
        assertThat(SUBJECTS.parse(SUBJECTS.live(TENANT, PROJECT, topic))).isEqualTo(address);
        String redriven = SUBJECTS.redriven(TENANT, PROJECT, "c_1", topic);
        assertThat(SUBJECTS.parse(redriven)).isEqualTo(address);
        String filter = SUBJECTS.redrivenFilter(TENANT, PROJECT, "c_1");
        assertThat(redriven).startsWith(filter.substring(0, filter.length() - 1));
        assertThat(Subjects.topic(Subjects.tokens(topic))).isEqualTo(topic);
    }

    @Property(tries = 1000)
    void subjectsAreAsciiWithoutEmptyTokensOrWildcards(@ForAll("topics") Topic topic) {
        String subject = SUBJECTS.live(TENANT, PROJECT, topic);
        assertThat(subject).matches("[!-~]+").doesNotContain("*", ">");
        assertThat(subject.split("\\.", -1)).doesNotContain("");
    }

    @Property(tries = 300)
    void theServerDeliversOnTheSubjectOfATopicWhatIsPublishedToIt(@ForAll("topics") Topic topic) throws Exception {
        String subject = SUBJECTS.live(TENANT, PROJECT, topic);
        nats().publish(subject, topic.name().getBytes(StandardCharsets.UTF_8));
        Message heard = HEARD.poll(5, TimeUnit.SECONDS);
        assertThat(heard).isNotNull();
        if (heard != null) {
            assertThat(SUBJECTS.parse(heard.getSubject()).topic()).isEqualTo(topic);
            assertThat(new String(heard.getData(), StandardCharsets.UTF_8)).isEqualTo(topic.name());
        }
    }

    @Property(tries = 1000)
    void distinctTopicsHaveDistinctSubjects(@ForAll("close") Topic one, @ForAll("close") Topic other) {
        assertThat(SUBJECTS.stored(TENANT, PROJECT, one).equals(SUBJECTS.stored(TENANT, PROJECT, other)))
                .isEqualTo(one.equals(other));
    }

    /** Short names of the few characters that escaping is about, so that pairs come close to each other. */
    @Provide
    Arbitrary<Topic> close() {
        return Arbitraries.strings()
                .withChars('.', '%', '2', '5', 'C', '3', 'Ã', 'ä')
                .ofMinLength(1)
                .ofMaxLength(4)
                .map(Topic::new);
    }

    @Property(tries = 500)
    void aSubjectThatNoTopicHasIsRefused(@ForAll("foreign") String subject) {
        assertThatIllegalArgumentException().isThrownBy(() -> SUBJECTS.parse(subject));
    }

    @Provide
    Arbitrary<String> foreign() {
        return Arbitraries.of(
                "events.acme.prod.a",
                "subjects.events.acme.prod",
                "subjects.events.acme",
                "subjects.events.acme.prod.a%",
                "subjects.events.acme.prod.%2",
                "subjects.events.acme.prod.%41",
                "subjects.events.acme.prod.%c3%A4",
                "subjects.events.acme.prod.%FF",
                "subjects.events.acme.prod.a..b",
                "subjects.events.ACME.prod.a",
                "subjects.dead.acme.prod.a",
                "other.live.acme.prod.a");
    }

    private static Connection nats() {
        Connection open = connection;
        if (open == null) {
            throw new IllegalStateException("not connected");
        }
        return open;
    }
}
