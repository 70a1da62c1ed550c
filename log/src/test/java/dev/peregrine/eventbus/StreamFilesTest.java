/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.log.Durability;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every byte of the small files of a stream, flipped once. */
class StreamFilesTest {
    private static final int PARTITIONS = 3;

    @TempDir
    private Path directory;

    @Test
    void shouldRefuseADescriptionByNameOrReadTheSameWhateverByteIsFlipped() throws IOException {
        final StreamFiles streamFiles = new StreamFiles(directory, FilesFacade.SYSTEM);
        final StreamConfig config = StreamConfig.of("s").withPartitions(PARTITIONS).withSegmentLength(1 << 20)
            .withDurability(Durability.INTERVAL, 20).withRetention(new Retention(0, 1 << 30, true))
            .withCompressionLevel(3).withCompaction(new Compaction(true, 5, 60_000));
        streamFiles.writeConfig(config);
        final Path file = directory.resolve("s").resolve("stream.conf");
        final byte[] bytes = Files.readAllBytes(file);
        int refused = 0;
        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file, bytes);
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            try {
                assertThat(streamFiles.openAll()).as("bit %d", bit).containsExactly(config);
            } catch (final CorruptDataException e) {
                assertThat(e).hasMessageContaining(file.toString());
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(7 * bytes.length);
    }

    @Test
    void shouldReadADescriptionThatWasEditedByHand() throws IOException {
        final StreamFiles streamFiles = new StreamFiles(directory, FilesFacade.SYSTEM);
        streamFiles.writeConfig(StreamConfig.of("s"));
        final Path file = directory.resolve("s").resolve("stream.conf");
        final List<String> lines = new ArrayList<>(Files.readAllLines(file));
        lines.remove(0);
        Files.writeString(file, String.join("\n", lines).replace("copies=1", "copies=2"), StandardCharsets.UTF_8);
        assertThat(streamFiles.openAll()).containsExactly(StreamConfig.of("s").withCopies(2));
    }

    @Test
    void shouldGoOnFromACommittedPlaceOrRefuseWhateverByteOfThePositionsIsFlipped() throws IOException {
        final Path file = directory.resolve("audit.pos");
        try (PositionFile positions = new PositionFile(FilesFacade.SYSTEM, file, PARTITIONS)) {
            for (int commit = 1; commit <= 5; commit++) {
                for (int i = 0; i < PARTITIONS; i++) {
                    positions.stage(i, 1_000L * commit + i, 10L * commit + i);
                }
                positions.commit();
            }
        }
        final byte[] bytes = Files.readAllBytes(file);
        int refused = 0;
        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file, bytes);
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            try (PositionFile positions = new PositionFile(FilesFacade.SYSTEM, file, PARTITIONS)) {
                final long commit = positions.position(0) / 1_000;
                assertThat(commit).as("bit %d", bit).isIn(4L, 5L);
                for (int i = 0; i < PARTITIONS; i++) {
                    assertThat(positions.position(i)).isEqualTo(1_000 * commit + i);
                    assertThat(positions.number(i)).isEqualTo(10 * commit + i);
                }
            } catch (final CorruptDataException e) {
                assertThat(e).hasMessageContaining(file.toString());
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    private EventBus bus() {
        return EventBus.open(directory, FilesFacade.SYSTEM);
    }

    private void publishSome() {
        try (EventBus bus = bus()) {
            bus.provision(StreamConfig.of("s").withPartitions(2).withSegmentLength(64 << 10));
            try (Publisher publisher = bus.publisher("s", "web")) {
                for (int key = 0; key < 10; key++) {
                    publisher.publish(key, 1, 1, 1, new UnsafeBuffer(new byte[8]), 0, 8);
                }
            }
        }
    }

    @Test
    void shouldRefuseADescriptionThatLostItsContentOrIsGone() throws IOException {
        publishSome();
        final Path file = directory.resolve("s").resolve("stream.conf");
        Files.write(file, new byte[0]);
        assertThatThrownBy(this::bus).isInstanceOf(CorruptDataException.class).hasMessageContaining(file.toString());
        Files.delete(file);
        assertThatThrownBy(this::bus).isInstanceOf(CorruptDataException.class).hasMessageContaining(file.toString());
        assertThatThrownBy(() -> EventBus.openReadOnly(directory, FilesFacade.SYSTEM))
            .isInstanceOf(CorruptDataException.class);
    }

    @Test
    void shouldRefuseAStreamThatLostAPartition() throws IOException {
        publishSome();
        final Path partition = directory.resolve("s").resolve("partition-1");
        try (java.util.stream.Stream<Path> files = Files.list(partition)) {
            for (final Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(partition);
        assertThatThrownBy(this::bus).isInstanceOf(CorruptDataException.class).hasMessageContaining(partition.toString());
        assertThat(partition).doesNotExist();
    }

    @Test
    void shouldForgetAStreamThatWasNeverProvisionedToTheEnd() throws IOException {
        Files.createDirectories(directory.resolve("s").resolve("partition-0"));
        try (EventBus bus = bus()) {
            assertThat(bus.streams()).isEmpty();
        }
    }

    @Test
    void shouldRestoreBackupsOnly() throws IOException {
        Files.createDirectories(directory.resolve("no-backup").resolve("etc"));
        assertThatThrownBy(() -> EventBus.restore(
            directory.resolve("no-backup"), directory.resolve("restored"), FilesFacade.SYSTEM, bytes -> { }))
            .isInstanceOf(ConfigurationException.class).hasMessageContaining("is no backup");
        assertThat(directory.resolve("restored")).doesNotExist();
    }
}
