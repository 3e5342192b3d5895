package dev.sandpiper.perf.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.perf.faults.scenarios.Catalogue;
import dev.sandpiper.perf.faults.scenarios.Fault;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a whole installation survives, one test for each line of the table of faults. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class FaultsTest {
    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void theFaultIsSurvived(Fault fault) throws Exception {
        assertThat(fault.run().broken()).as(fault.promise()).isEmpty();
    }

    static Stream<Named<Fault>> faults() {
        return Catalogue.smoke().stream().map(fault -> Named.of(fault.number() + " " + fault.name(), fault));
    }
}
