/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.log.Durability;
import dev.peregrine.topology.RunningTopology;
import dev.peregrine.topology.TopologyBuilder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamUseTest {
    private static final StreamConfig TEXT = StreamConfig.of("text").withSegmentLength(64 << 10);

    @TempDir
    private Path directory;

    @Test
    void shouldRefuseToAlterOrDeleteWhatATopologyReads() {
        try (Peregrine engine = Peregrine.open(directory)) {
            engine.provisionStream(TEXT);
            final RunningTopology topology = engine.submit(TopologyBuilder.named("reader")
                .source("in", "text").sink("drop", () -> (event, out) -> { }).shuffle("in").build());
            assertThatThrownBy(() -> engine.deleteStream("text")).isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("topology reader");
            assertThatThrownBy(() -> engine.alterStream(TEXT.withDurability(Durability.SYNC, 5)))
                .isInstanceOf(ConfigurationException.class).hasMessageContaining("topology reader");
            engine.alterStream(TEXT.withCompressionLevel(3));
            assertThat(engine.describeStream("text").config().compressionLevel()).isEqualTo(3);
            topology.close();
            engine.alterStream(TEXT.withDurability(Durability.SYNC, 5));
            assertThat(engine.describeStream("text").config().durability()).isEqualTo(Durability.SYNC);
            engine.deleteStream("text");
            assertThat(engine.streams()).isEmpty();
        }
    }
}
