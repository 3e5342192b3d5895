package dev.sandpiper.testkit.clients;

/**
 * A complete HTTP response.
 *
 * @param last whether the server said that the connection takes no further request
 */
public record Answer(int status, String body, boolean last) {
    /** The value of the first member of that name, when it is a string without escapes; otherwise empty. */
    public String text(String member) {
        return Members.text(body, member);
    }

    /** Finds members without a JSON library: the server's own would share its mistakes. */
    static final class Members {
        private Members() {}

        static String text(String json, String member) {
            String before = '"' + member + "\":\"";
            int from = json.indexOf(before);
            if (from < 0) {
                return "";
            }
            from += before.length();
            return json.substring(from, json.indexOf('"', from));
        }
    }
}
