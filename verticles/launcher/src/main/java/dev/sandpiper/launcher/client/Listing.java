package dev.sandpiper.launcher.client;

import dev.sandpiper.launcher.cli.Console;
import dev.sandpiper.launcher.cli.ExitCode;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What an API lists, as a table for people or a JSON line each for machines. */
final class Listing {
    private Listing() {}

    /** @param members that are shown, which are the titles too */
    static int print(List<JsonObject> items, boolean json, List<String> members) {
        if (json) {
            items.forEach(item -> Console.OUT.println(item.encode()));
            return ExitCode.DONE;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(members.stream()
                .map(name -> name.replace('_', ' ').toUpperCase(Locale.ROOT))
                .toList());
        for (JsonObject item : items) {
            rows.add(members.stream().map(name -> text(item, name)).toList());
        }
        Columns.print(rows);
        return ExitCode.DONE;
    }

    /** One cell; a dash for nothing. What others wrote must not steer the terminal. */
    static String text(JsonObject item, String member) {
        Object value = item.getValue(member);
        return value == null ? "-" : value.toString().replaceAll("\\p{Cntrl}", " ");
    }
}
