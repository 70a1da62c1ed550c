/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Holds the directions between the modules, and what is private to each. Every module but bench is on the class path. */
@AnalyzeClasses(packages = "dev.peregrine", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final Map<String, String[]> MODULES = new LinkedHashMap<>();

    static {
        MODULES.put("core", new String[] {"dev.peregrine.core.."});
        MODULES.put("codec", new String[] {"dev.peregrine.codec.."});
        MODULES.put("log", new String[] {"dev.peregrine.log..", "dev.peregrine.eventbus.."});
        MODULES.put("store", new String[] {"dev.peregrine.store.."});
        MODULES.put("topology", new String[] {"dev.peregrine", "dev.peregrine.topology..", "dev.peregrine.app"});
        MODULES.put("apps", new String[] {"dev.peregrine.apps.."});
        MODULES.put("daemon", new String[] {"dev.peregrine.daemon.."});
    }

    /** The module that owns a class, or none for classes of libraries. */
    private static String moduleOf(final JavaClass type) {
        for (final Map.Entry<String, String[]> module : MODULES.entrySet()) {
            if (resideInAnyPackage(module.getValue()).test(type)) {
                return module.getKey();
            }
        }
        return "";
    }

    private static ArchRule mayUse(final String module, final String... others) {
        final String[] allowed = Stream.concat(Stream.of(module), Stream.of(others))
            .flatMap(name -> Stream.of(MODULES.get(name))).toArray(String[]::new);
        final DescribedPredicate<JavaClass> forbidden =
            describe("of a module it may not use", type -> type.getPackageName().startsWith("dev.peregrine")
                && !resideInAnyPackage(allowed).test(type));
        return noClasses().that().resideInAnyPackage(MODULES.get(module)).should().dependOnClassesThat(forbidden)
            .allowEmptyShould("codec".equals(module));
    }

    @ArchTest
    static void shouldKnowTheModuleOfEveryClass(final JavaClasses classes) {
        final Set<String> found = classes.stream().map(type -> moduleOf(type)).collect(Collectors.toSet());
        assertThat(found).contains("core", "log", "store", "topology", "apps", "daemon").doesNotContain("");
    }

    @ArchTest
    static final ArchRule CORE_SHOULD_STAND_ALONE = mayUse("core");

    @ArchTest
    static final ArchRule CODEC_SHOULD_USE_CORE_ONLY = mayUse("codec", "core");

    @ArchTest
    static final ArchRule LOG_SHOULD_USE_WHAT_IS_BELOW = mayUse("log", "core", "codec");

    @ArchTest
    static final ArchRule STORE_SHOULD_USE_WHAT_IS_BELOW = mayUse("store", "core", "codec", "log");

    @ArchTest
    static final ArchRule TOPOLOGY_SHOULD_USE_WHAT_IS_BELOW = mayUse("topology", "core", "codec", "log", "store");

    @ArchTest
    static final ArchRule APPS_SHOULD_NOT_USE_THE_DAEMON = mayUse("apps", "core", "codec", "log", "store", "topology");

    @ArchTest
    static final ArchRule DAEMON_SHOULD_NOT_USE_APPS = mayUse("daemon", "core", "codec", "log", "store", "topology");

    @ArchTest
    static final ArchRule INTERNALS_SHOULD_BE_USED_BY_THEIR_MODULE_ONLY =
        classes().should(new ArchCondition<JavaClass>("leave other modules' internals alone") {
            @Override
            public void check(final JavaClass type, final ConditionEvents events) {
                type.getDirectDependenciesFromSelf().stream()
                    .filter(found -> resideInAPackage("dev.peregrine..internal..").test(found.getTargetClass()))
                    .filter(found -> !moduleOf(found.getTargetClass()).equals(moduleOf(type)))
                    .forEach(found -> events.add(SimpleConditionEvent.violated(found, found.getDescription())));
            }
        });

    @ArchTest
    static final ArchRule ENGINE_SHOULD_NOT_PRINT = noClasses()
        .that().resideOutsideOfPackage("dev.peregrine.daemon..")
        .should().accessField(System.class, "out").orShould().accessField(System.class, "err")
        .orShould().callMethod(Throwable.class, "printStackTrace");

    @ArchTest
    static final ArchRule ONLY_THE_DAEMON_SHOULD_KNOW_ITS_CLIENTS_PROTOCOLS = noClasses()
        .that().resideOutsideOfPackage("dev.peregrine.daemon..")
        .should().dependOnClassesThat().resideInAnyPackage("io.netty..", "picocli..", "io.micrometer..");

    /** In topologies Jackson is optional: one class may need it, and is loaded only by those who ask for JSON. */
    @ArchTest
    static final ArchRule ONLY_THE_DAEMON_AND_THE_JSON_CODEC_SHOULD_KNOW_JACKSON = noClasses()
        .that().resideOutsideOfPackage("dev.peregrine.daemon..")
        .and().haveNameNotMatching("dev\\.peregrine\\.topology\\.fluent\\.JsonCodec(\\$.*)?")
        .should().dependOnClassesThat().resideInAnyPackage("com.fasterxml..");

    @ArchTest
    static final ArchRule ONLY_THE_STORE_SHOULD_KNOW_CHRONICLE_MAP = noClasses()
        .that().resideOutsideOfPackage("dev.peregrine.store..")
        .should().dependOnClassesThat().resideInAPackage("net.openhft.chronicle.map..");

    @ArchTest
    static final ArchRule MODULES_SHOULD_NOT_GO_IN_CIRCLES =
        slices().matching("dev.peregrine.(core|log|eventbus|store|apps|daemon)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule CORE_PACKAGES_SHOULD_NOT_GO_IN_CIRCLES =
        slices().matching("dev.peregrine.core.(*)..").should().beFreeOfCycles();
}
