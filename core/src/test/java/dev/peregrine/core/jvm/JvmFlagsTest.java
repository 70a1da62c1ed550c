/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.core.error.JvmFlagsException;
import dev.peregrine.core.testing.ChildJvm;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class JvmFlagsTest {
    /** Checks its flags and prints what came of it. */
    static final class Checker {
        private Checker() {
        }

        public static void main(final String[] arguments) {
            try {
                JvmFlags.check();
                System.out.println("passed");
            } catch (final JvmFlagsException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    private static List<String> outputWith(final List<String> flags) throws Exception {
        try (ChildJvm child = ChildJvm.start(Checker.class, flags)) {
            return child.readAll();
        }
    }

    @Test
    void shouldPrintTheLineThatMakesItPass() throws Exception {
        final List<String> refused = outputWith(List.of());
        assertThat(refused).hasSize(2);
        assertThat(refused.get(0)).startsWith("Peregrine needs JVM flags");
        assertThat(refused.get(1))
            .isEqualTo(String.join(" ", JvmFlags.forRelease(Runtime.version().feature())));
        assertThat(outputWith(Arrays.asList(refused.get(1).split(" ")))).containsExactly("passed");
    }

    @Test
    void shouldRefuseAJvmThatLacksOneFlag() throws Exception {
        final List<String> flags = JvmFlags.forRelease(Runtime.version().feature());
        final List<String> refused = outputWith(flags.subList(1, flags.size()));
        assertThat(refused).hasSize(2);
        assertThat(refused.get(1)).startsWith(flags.get(0));
    }

    @Test
    void shouldPassHereAndSwitchUsageReportsOff() {
        JvmFlags.check();
        assertThat(System.getProperty("chronicle.analytics.disable")).isEqualTo("true");
        assertThat(JvmFlags.forRelease(17)).hasSize(JvmFlags.required().size() + 1).noneMatch(
            flag -> flag.startsWith("--sun-misc"));
        assertThat(JvmFlags.forRelease(25)).contains("--sun-misc-unsafe-memory-access=allow");
    }
}
