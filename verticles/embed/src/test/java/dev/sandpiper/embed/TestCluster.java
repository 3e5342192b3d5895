package dev.sandpiper.embed;

import dev.sandpiper.services.FreePorts;
import dev.sandpiper.testkit.NatsFixture;
import dev.sandpiper.testkit.PostgresFixture;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Three real nodes of one cluster within this JVM, which share a stream and a database. */
public final class TestCluster implements AutoCloseable {
    private final List<TestNode> nodes = new ArrayList<>();
    private final Map<String, String> common;

    private TestCluster(Map<String, String> common) {
        this.common = common;
    }

    public static TestCluster start() {
        return start(Map.of(), List.of(Map.of(), Map.of(), Map.of()));
    }

    /**
     * @param forAll settings of every node, names without the prefix
     * @param forEach further settings of each; as many nodes as there are maps
     */
    public static TestCluster start(Map<String, String> forAll, List<Map<String, String>> forEach) {
        List<Integer> ports = IntStream.range(0, forEach.size())
                .mapToObj(i -> FreePorts.next())
                .toList();
        Map<String, String> common = new HashMap<>();
        common.put("CLUSTER_NAME", "test-" + ports.getFirst());
        common.put(
                "CLUSTER_MEMBERS",
                ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(",")));
        common.put("NATS_NAMESPACE", NatsFixture.shared().namespace());
        common.put("DATABASE_URL", PostgresFixture.shared().createDatabase().url());
        common.putAll(forAll);
        var cluster = new TestCluster(common);
        for (int i = 0; i < ports.size(); i++) {
            cluster.add(ports.get(i), forEach.get(i));
        }
        return cluster;
    }

    public TestNode node(int index) {
        return nodes.get(index);
    }

    public TestProject createProject() {
        return nodes.getFirst().createProject();
    }

    /** One more node, which ends with the cluster. */
    public TestNode join(Map<String, String> settings) {
        return add(FreePorts.next(), settings);
    }

    @Override
    public void close() {
        TestNode.await(Future.join(
                nodes.stream().map(node -> node.sandpiper().shutdown()).toList()));
        // Have ended already; tell whether all went well.
        nodes.forEach(TestNode::close);
    }

    private TestNode add(int port, Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(common);
        all.put("CLUSTER_PORT", Integer.toString(port));
        all.put("NODE_ID", "test-" + port);
        all.putAll(settings);
        TestNode node = TestNode.start(all);
        nodes.add(node);
        return node;
    }
}
