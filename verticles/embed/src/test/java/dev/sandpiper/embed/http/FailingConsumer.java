package dev.sandpiper.embed.http;

import dev.sandpiper.domain.Topic;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.runtime.nats.Subjects;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.api.ConsumerConfiguration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** A JetStream consumer of a project's events, made by hand, that takes redriven events too. */
final class FailingConsumer implements AutoCloseable {
    private final Connection connection;
    private final JetStreamSubscription subscription;

    FailingConsumer(TestNode node, TestProject project, String name) {
        var subjects = new Subjects(node.settings().getOrDefault("SANDPIPER_NATS_NAMESPACE", ""));
        String any = subjects.stored(project.tenant(), project.project(), new Topic("x"));
        try {
            connection = Nats.connect(node.settings().getOrDefault("SANDPIPER_NATS_URL", ""));
            connection
                    .jetStreamManagement()
                    .addOrUpdateConsumer(
                            subjects.stream(),
                            ConsumerConfiguration.builder()
                                    .durable(name)
                                    .filterSubjects(
                                            any.substring(0, any.length() - 1) + ">",
                                            subjects.redrivenFilter(project.tenant(), project.project(), name))
                                    .build());
            subscription = connection.jetStream().subscribe(null, PullSubscribeOptions.bind(subjects.stream(), name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (JetStreamApiException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Says of each of so many events that it is of no use to deliver it again. */
    void terminate(int count, String reason) {
        for (int left = count; left > 0; ) {
            List<Message> messages = fetch(left);
            if (messages.isEmpty()) {
                throw new AssertionError(left + " events are missing");
            }
            messages.forEach(message ->
                    connection.publish(message.getReplyTo(), ("+TERM " + reason).getBytes(StandardCharsets.UTF_8)));
            left -= messages.size();
        }
    }

    List<Message> fetch(int count) {
        return subscription.fetch(count, Duration.ofSeconds(5));
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
