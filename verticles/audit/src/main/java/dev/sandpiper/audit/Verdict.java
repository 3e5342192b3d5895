package dev.sandpiper.audit;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What came of looking at a chain.
 *
 * @param entries that were looked at
 * @param first the sequence that the chain begins with; what was before is sealed
 * @param last of the newest entry; 0 for none
 * @param hash of the newest entry, in hexadecimal digits
 * @param erased entries without details, as the chain says that they should be
 * @param vouched the newest entry that a checkpoint vouches for; 0 for none
 * @param findings in the order of the entries; no more than {@link ChainVerifier#MOST}
 */
public record Verdict(
        String chain,
        long entries,
        long first,
        long last,
        String hash,
        long erased,
        long vouched,
        List<Finding> findings) {
    public Verdict {
        findings =
                findings.stream().sorted(Comparator.comparingLong(Finding::seq)).toList();
    }

    /** The same with more that was found besides. */
    Verdict with(List<Finding> besides) {
        List<Finding> all = new ArrayList<>(besides);
        all.addAll(findings);
        return new Verdict(chain, entries, first, last, hash, erased, vouched, all);
    }

    public boolean valid() {
        return findings.isEmpty();
    }

    public JsonObject json() {
        var list = new JsonArray();
        findings.forEach(finding -> list.add(finding.json()));
        var json = new JsonObject()
                .put("chain", chain)
                .put("valid", valid())
                .put("entries", entries)
                .put("first", first)
                .put("last", last)
                .put("hash", hash)
                .put("erased", erased)
                .put("vouched", vouched);
        if (!valid()) {
            json.put("first_bad", findings.getFirst().seq());
        }
        return json.put("findings", list);
    }
}
