package dev.sandpiper.embed.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Scope;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.IntStream;

/** One consumer of a project, as its owner and its workers use it over REST. */
final class Workers {
    private final Api owner;
    private final Api worker;
    private final String path;

    Workers(TestNode node, TestProject project, String name) {
        this.owner = new Api(node, project.key(Scope.ADMIN_READ, Scope.ADMIN_WRITE));
        this.worker = new Api(node, project.key());
        this.path = "/v1/consumers/" + name;
    }

    /** @param settings but the name */
    static Workers create(TestNode node, TestProject project, String name, JsonObject settings) {
        var workers = new Workers(node, project, name);
        HttpResponse<String> made =
                workers.owner.post("/v1/consumers", settings.copy().put("name", name));
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        return workers;
    }

    Api api() {
        return worker;
    }

    JsonObject state() {
        return owner.get(path);
    }

    /** What the owner does: {@code pause}, {@code resume}, {@code reset}. */
    HttpResponse<String> change(String what, JsonObject body) {
        return owner.post(path + "/" + what, body);
    }

    HttpResponse<String> delete() {
        return Api.send(owner.request(path).DELETE().build());
    }

    List<JsonObject> fetch(int batch, String wait) {
        HttpResponse<String> answer =
                say("fetch", new JsonObject().put("batch", batch).put("wait", wait));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonArray deliveries = new JsonObject(answer.body()).getJsonArray("deliveries");
        return IntStream.range(0, deliveries.size())
                .mapToObj(deliveries::getJsonObject)
                .toList();
    }

    /** Exactly one. */
    JsonObject fetchOne() {
        List<JsonObject> deliveries = fetch(1, "10s");
        assertThat(deliveries).hasSize(1);
        return deliveries.getFirst();
    }

    HttpResponse<String> say(String word, JsonObject body) {
        return worker.post(path + "/" + word, body);
    }

    HttpResponse<String> say(String word, String token) {
        return say(word, new JsonObject().put("token", token));
    }

    void acknowledge(JsonObject delivery) {
        HttpResponse<String> answer = say("ack", delivery.getString("token"));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    static Object data(JsonObject delivery) {
        return delivery.getJsonObject("message").getValue("data");
    }

    static String code(HttpResponse<String> refusal) {
        return new JsonObject(refusal.body()).getJsonObject("error").getString("code");
    }
}
