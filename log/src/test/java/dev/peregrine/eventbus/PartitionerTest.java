/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.files.FilesFacade;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartitionerTest {
    private static final UnsafeBuffer PAYLOAD = new UnsafeBuffer(new byte[8]);

    @TempDir
    private Path directory;
    private EventBus bus;

    @BeforeEach
    void open() {
        bus = EventBus.open(directory, FilesFacade.SYSTEM);
        bus.provision(StreamConfig.of("clicks").withPartitions(3).withSegmentLength(64 << 10));
    }

    @AfterEach
    void close() {
        bus.close();
    }

    private void publish(final Partitioner partitioner, final int records) {
        try (Publisher publisher = bus.publisher("clicks", "web", partitioner)) {
            for (int i = 0; i < records; i++) {
                assertThat(publisher.publish(KeyHash.of(i), 1, 1, 0, i, PAYLOAD, 0, 8)).isPositive();
            }
        }
    }

    /** The sequences that lie in a partition. */
    private List<Long> in(final int partition) {
        final List<Long> sequences = new ArrayList<>();
        try (var reader = bus.stream("clicks").partition(partition).newReader(0)) {
            reader.poll(frame -> sequences.add(frame.sequence()), Integer.MAX_VALUE);
        }
        return sequences;
    }

    @Test
    void shouldTakeTurnsRecordByRecord() {
        publish(Partitioner.roundRobin(), 7);
        assertThat(in(0)).containsExactly(0L, 3L, 6L);
        assertThat(in(1)).containsExactly(1L, 4L);
        assertThat(in(2)).containsExactly(2L, 5L);
    }

    @Test
    void shouldStayForARunOfRecords() {
        publish(Partitioner.sticky(2), 8);
        assertThat(in(0)).containsExactly(0L, 1L, 6L, 7L);
        assertThat(in(1)).containsExactly(2L, 3L);
        assertThat(in(2)).containsExactly(4L, 5L);
        assertThatThrownBy(() -> Partitioner.sticky(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldAgreeWithTheStreamOnKeys() {
        publish(Partitioner.keyHash(), 300);
        for (int partition = 0; partition < 3; partition++) {
            assertThat(in(partition)).isNotEmpty();
            for (final long sequence : in(partition)) {
                assertThat(bus.stream("clicks").partitionOf(KeyHash.of(sequence))).isEqualTo(partition);
            }
        }
    }

    @Test
    void shouldObeyOnesOwn() {
        publish((keyHash, partitions) -> partitions - 1, 5);
        assertThat(in(0)).isEmpty();
        assertThat(in(2)).hasSize(5);
    }

    @Test
    void shouldRefuseAPartitionThatIsNotThereAndGoOn() {
        final int[] answer = {3};
        try (Publisher publisher = bus.publisher("clicks", "web", (keyHash, partitions) -> answer[0])) {
            assertThatThrownBy(() -> publisher.claim(1, 8)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("partition 3 of stream clicks, which has 3");
            answer[0] = -1;
            assertThatThrownBy(() -> publisher.claim(1, 8)).isInstanceOf(IllegalArgumentException.class);
            answer[0] = 1;
            publisher.publish(1, 1, 1, 0, PAYLOAD, 0, 8);
        }
        assertThat(in(1)).hasSize(1);
    }

    @Test
    void shouldDropDuplicatesWhereverTheyWouldGo() {
        publish(Partitioner.roundRobin(), 4);
        try (Publisher again = bus.publisher("clicks", "web", Partitioner.sticky(10))) {
            assertThat(again.publish(1, 1, 1, 0, 3, PAYLOAD, 0, 8)).isEqualTo(Publisher.DUPLICATE);
            assertThat(again.publish(1, 1, 1, 0, 4, PAYLOAD, 0, 8)).isPositive();
        }
    }
}
