package dev.sandpiper.launcher.dev;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** What {@code dev} prints when everything is ready. */
record Announcement(List<NodeProcess> nodes, DevServices services, DemoKeys keys, DevFolder folder) {
    /** One line, for programs. */
    String json() {
        JsonArray list = new JsonArray();
        for (NodeProcess node : nodes) {
            list.add(new JsonObject()
                    .put("url", node.url())
                    .put("management", node.managementUrl())
                    .put("pid", node.pid()));
        }
        JsonObject nats = new JsonObject().put("url", services.natsUrl());
        if (services.natsPid() != 0) {
            nats.put("pid", services.natsPid());
        }
        return new JsonObject()
                .put("ready", true)
                .put("nodes", list)
                .put("nats", nats)
                .put("postgres", new JsonObject().put("url", services.databaseUrl()))
                .put("tenant", keys.tenant())
                .put("project", keys.project())
                .put("key", keys.key())
                .put("operator_key", keys.operatorKey())
                .encode();
    }

    /** For a person: where everything is, and commands to paste. */
    String text() {
        StringBuilder text = new StringBuilder("\nSandpiper is ready.\n\n");
        for (NodeProcess node : nodes) {
            text.append("  node ").append(node.number()).append("        ").append(node.url());
            text.append("  (management ")
                    .append(node.managementUrl())
                    .append(", pid ")
                    .append(node.pid());
            text.append(")\n");
        }
        text.append("  NATS          ").append(services.natsUrl()).append('\n');
        text.append("  PostgreSQL    ").append(services.databaseUrl()).append('\n');
        text.append("  data, logs    ").append(folder.root()).append('\n');
        text.append("  key           ").append(keys.key()).append("  (publishes and subscribes)\n");
        text.append("  operator key  ").append(keys.operatorKey()).append("  (administers everything)\n");
        text.append("""

                In another terminal, watch a topic in one of these ways:

                  export SANDPIPER_URL=URL SANDPIPER_KEY=KEY
                  ./sandpiper subscribe chat:lobby
                  curl -sN 'URL/v1/sse?topics=chat:lobby' -H 'Authorization: Bearer KEY'
                  curl -s 'URL/v1/poll?topics=chat:lobby&timeout=30' -H 'Authorization: Bearer KEY'

                or in a browser's console:

                  s = new WebSocket("WS/v1/ws"); s.onopen = () => s.send('{"type":"auth","id":"1","token":"KEY"}'); s.onmessage = m => { console.log(m.data); if (m.data.includes('"connected"')) s.send('{"type":"subscribe","id":"2","channel":"chat:lobby"}') }

                and publish:

                  curl -s 'URL/v1/events' -H 'Authorization: Bearer KEY' -H 'Content-Type: application/json' -d '{"topic":"chat:lobby","event":"greeting","data":{"text":"Hello"}}'

                Ctrl-C stops everything.
                """.replace("URL=URL", "URL=" + nodes.getFirst().url())
                .replace("KEY=KEY", "KEY=" + keys.key())
                .replace("'URL", "'" + nodes.getFirst().url())
                .replace("Bearer KEY", "Bearer " + keys.key())
                .replace("\"KEY\"", "\"" + keys.key() + "\"")
                .replace("WS/v1", nodes.getLast().url().replaceFirst("^http", "ws") + "/v1"));
        return text.toString();
    }
}
