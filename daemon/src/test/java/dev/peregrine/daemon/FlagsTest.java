/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.core.jvm.JvmFlags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The JVM's flags are written in four places, because a shell, Maven, a manifest and Java need them. */
class FlagsTest {
    private static final Pattern FLAG = Pattern.compile("--add-(?:opens|exports)=[a-z./A-Z]+=ALL-UNNAMED");

    private static Set<String> required() {
        return JvmFlags.forRelease(17).stream().filter(flag -> flag.startsWith("--add")).collect(
            Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> flagsIn(final String file) throws IOException {
        final Set<String> flags = new TreeSet<>();
        final Matcher matcher = FLAG.matcher(Files.readString(Path.of(file)));
        while (matcher.find()) {
            flags.add(matcher.group());
        }
        return flags;
    }

    @Test
    void shouldBeTheSameInTheLauncherAndInTheTests() throws IOException {
        assertThat(flagsIn("../peregrine")).isEqualTo(required());
        assertThat(flagsIn("../pom.xml")).isEqualTo(required());
    }

    @Test
    void shouldBeTheSameInTheManifest() throws IOException {
        final String pom = Files.readString(Path.of("pom.xml"));
        for (final String kind : List.of("opens", "exports")) {
            final Matcher matcher = Pattern.compile("<Add-" + kind + ">([^<]+)</Add-" + kind + ">",
                Pattern.CASE_INSENSITIVE).matcher(pom);
            assertThat(matcher.find()).isTrue();
            final Set<String> flags = new TreeSet<>();
            for (final String one : matcher.group(1).split(" ", -1)) {
                flags.add("--add-" + kind + "=" + one + "=ALL-UNNAMED");
            }
            assertThat(flags).isEqualTo(required().stream().filter(flag -> flag.startsWith("--add-" + kind)).collect(
                Collectors.toCollection(TreeSet::new)));
        }
    }

    @Test
    void shouldSilenceNewerJvmsEverywhere() throws IOException {
        for (final String flag : JvmFlags.forRelease(25)) {
            assertThat(Files.readString(Path.of("../peregrine"))).contains(flag);
            assertThat(Files.readString(Path.of("../pom.xml"))).contains(flag);
        }
    }
}
