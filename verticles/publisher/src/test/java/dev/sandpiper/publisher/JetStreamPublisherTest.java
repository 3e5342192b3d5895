package dev.sandpiper.publisher;

import dev.sandpiper.runtime.events.Publisher;

class JetStreamPublisherTest extends PublisherContract {
    @Override
    Publisher publisher(PublisherWorld world) {
        return world.publisher;
    }
}
