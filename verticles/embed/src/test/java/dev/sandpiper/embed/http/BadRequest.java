package dev.sandpiper.embed.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** A request that must be refused with a status and a code, in both formats of errors. */
record BadRequest(String what, HttpRequest request, int status, String code) {
    static BadRequest bad(String what, HttpRequest.Builder request, int status, String code) {
        return new BadRequest(what, request.build(), status, code);
    }

    void check() {
        HttpResponse<String> plain = Api.send(request);
        assertThat(plain.statusCode()).as(plain.body()).isEqualTo(status);
        assertThat(plain.headers().firstValue("content-type")).hasValue("application/json");
        JsonObject error = new JsonObject(plain.body()).getJsonObject("error");
        assertThat(error.getString("code")).isEqualTo(code);
        assertThat(error.getString("message")).isNotEmpty();
        assertThat(error.getJsonObject("details")).isNotNull();
        assertThat(plain.headers().firstValue("x-request-id")).hasValue(error.getString("request_id"));

        HttpResponse<String> problem = Api.send(HttpRequest.newBuilder(request, (name, value) -> true)
                .setHeader("Accept", "application/problem+json")
                .setHeader("X-Request-Id", "mine-1")
                .build());
        assertThat(problem.statusCode()).isEqualTo(status);
        assertThat(problem.headers().firstValue("content-type")).hasValue("application/problem+json");
        assertThat(new JsonObject(problem.body()).getMap())
                .containsEntry("code", code)
                .containsEntry("status", status)
                .containsEntry("request_id", "mine-1")
                .containsKeys("type", "title", "detail");
    }
}
