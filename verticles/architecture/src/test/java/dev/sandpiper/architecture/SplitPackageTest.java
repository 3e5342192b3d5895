package dev.sandpiper.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SplitPackageTest {
    private static final Pattern MODULE =
            Pattern.compile("(shared|verticles)/([a-z]+)/target|sandpiper-([a-z]+)-[0-9]");

    @Test
    void everyPackageLivesInOneModule() {
        Map<String, Set<String>> homes = new TreeMap<>();
        for (JavaClass type : new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.sandpiper")) {
            homes.computeIfAbsent(type.getPackageName(), name -> new TreeSet<>())
                    .add(module(type));
        }
        assertThat(homes).hasSizeGreaterThan(5);
        assertThat(homes)
                .allSatisfy((name, modules) -> assertThat(modules)
                        .as("modules that hold package %s (give one of them a package of its own)", name)
                        .hasSize(1));
    }

    private static String module(JavaClass type) {
        String uri = type.getSource().orElseThrow().getUri().toString();
        var matcher = MODULE.matcher(uri);
        assertThat(matcher.find()).as(uri).isTrue();
        return matcher.group(2) == null ? matcher.group(3) : matcher.group(2);
    }
}
