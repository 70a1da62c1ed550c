/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import dev.peregrine.codec.schema.SchemaException;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.eventbus.Stream;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.log.Durability;
import dev.peregrine.log.IdleReaderLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EngineConfigTest {
    @TempDir
    private Path directory;

    private Peregrine open(final String settings) {
        return Peregrine.open(ConfigFactory.parseString(
            "peregrine.data-dir = \"" + directory + "\"\n" + settings));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "peregrine.strems {} | strems | streams",
        "peregrine.streams.a { partitons = 2 } | partitons | partitions",
        "peregrine.tables.a { entry-hint = 2 } | entry-hint | entries-hint",
        "peregrine.caches.a { siz = 1MiB } | siz | size",
        "peregrine.listeners { htp = x } | htp | http",
        "peregrine.topologies.a { thread = 1 } | thread | threads"})
    void shouldNameTheNearestKey(final String settings, final String key, final String nearest) {
        assertThatThrownBy(() -> open(settings)).isInstanceOf(ConfigurationException.class)
            .hasMessageContaining("'" + key + "'").hasMessageContaining("did you mean '" + nearest + "'");
    }

    @Test
    void shouldNameEveryKeyWhereNoneIsNear() {
        assertThatThrownBy(() -> open("peregrine.kafka {}")).isInstanceOf(ConfigurationException.class)
            .hasMessageContaining("'kafka'").hasMessageContaining("listeners").hasMessageNotContaining("did you mean");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "peregrine.idle-readers { warn-after = 10s, error-after = 1s } | not before the warning",
        "peregrine.idle-readers { warn-after = soon } | warn-after",
        "peregrine.streams.a { durability = maybe } | maybe",
        "peregrine.streams.a { durability = interval 5 parsecs } | parsecs",
        "peregrine.streams.a { partitions = 0 } | partitions",
        "peregrine.streams.a { partitions = many } | partitions",
        "peregrine.streams.a { segment-length = 1000 } | power of two",
        "peregrine.streams.a { segment-length = 4GiB } | segment-length",
        "peregrine.streams.a { segment-length = big } | segment-length",
        "peregrine.streams.\"a/b\" { partitions = 1 } | a/b",
        "peregrine.caches.a { size = huge } | size"})
    void shouldRefuseImpossibleValues(final String settings, final String message) {
        assertThatThrownBy(() -> open(settings)).isInstanceOf(ConfigurationException.class)
            .hasMessageContaining(message);
        // nothing of it is kept: the directory opens without it
        open("").close();
    }

    @Test
    void shouldWatchReadersAsConfigured() {
        try (Peregrine engine = open("peregrine { streams.a {}, idle-readers { warn-after = 2s } }")) {
            final Stream later = engine.provisionStream(StreamConfig.of("later"));
            assertThat(engine.stream("a").partition(0).idleReaders().limits())
                .isEqualTo(later.partition(0).idleReaders().limits())
                .isEqualTo(new IdleReaderLimits(2_000_000_000L, 60_000_000_000L));
        }
    }

    @Test
    void shouldProvisionWhatTheConfigurationNames() {
        try (Peregrine engine = open("peregrine.streams { a { partitions = 3, segment-length = 64KiB,"
            + " durability = \"interval 7ms\" }, b { durability = sync }, c {} }")) {
            assertThat(engine.streams()).hasSize(3);
            assertThat(engine.stream("a").partitions()).isEqualTo(3);
            assertThat(engine.stream("a").config().segmentLength()).isEqualTo(64 << 10);
            assertThat(engine.stream("a").config().durability()).isEqualTo(Durability.INTERVAL);
            assertThat(engine.stream("a").config().forceIntervalMs()).isEqualTo(7);
            assertThat(engine.stream("b").config().durability()).isEqualTo(Durability.SYNC);
            assertThat(engine.stream("c").config().durability()).isEqualTo(Durability.OS);
            assertThat(engine.health().ok()).isTrue();
        }
    }

    @Test
    void shouldLookForASchemaBesideTheFileThatNamesIt() throws IOException {
        final Path file = Files.writeString(Files.createDirectories(directory.resolve("conf")).resolve("engine.conf"),
            "peregrine { data-dir = \"" + directory.resolve("data") + "\", streams.a.schema = \"../a.xml\" }");
        assertThatThrownBy(() -> Peregrine.open(ConfigFactory.parseFile(file.toFile())))
            .isInstanceOf(SchemaException.class).hasMessageContaining("there is no schema file " + directory + "/a.xml");
    }
}
