package dev.sandpiper.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Reads the files that every SDK replays. */
final class GoldenVectors {
    static final ObjectMapper MAPPER = new ObjectMapper();

    /** @param file the file's name, without {@code .json} */
    record Vector(String file, JsonNode json) {
        byte[] input() {
            return json.has("base64")
                    ? Base64.getDecoder().decode(json.get("base64").asText())
                    : bytes(json.get("text").asText());
        }

        boolean binary() {
            return json.path("binary").asBoolean();
        }

        @Override
        public String toString() {
            return file + ": " + json.get("name").asText();
        }
    }

    private GoldenVectors() {}

    static JsonNode file(String name) {
        try (InputStream in =
                Objects.requireNonNull(GoldenVectors.class.getResourceAsStream("/golden/" + name + ".json"), name)) {
            return MAPPER.readTree(in);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static Stream<Vector> of(String... files) {
        List<Vector> vectors = new ArrayList<>();
        for (String file : files) {
            file(file).get("vectors").forEach(json -> vectors.add(new Vector(file, json)));
        }
        return vectors.stream();
    }

    static byte[] bytes(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }
}
