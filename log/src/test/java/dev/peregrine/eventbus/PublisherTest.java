/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.RecordTooLongException;
import dev.peregrine.core.error.TransactionIdOutOfOrderException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.log.FrameDescriptor;
import dev.peregrine.log.RecordBatch;
import dev.peregrine.log.RecordOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a publisher can do beside publishing plain records one by one. */
class PublisherTest {
    @TempDir
    private Path directory;

    private final UnsafeBuffer payload = new UnsafeBuffer(new byte[64]);

    private EventBus open(final int partitions) {
        final EventBus bus = EventBus.open(directory, FilesFacade.SYSTEM);
        bus.provision(StreamConfig.of("clicks").withPartitions(partitions).withSegmentLength(64 << 10));
        return bus;
    }

    private List<String> read(final EventBus bus) {
        final List<String> read = new ArrayList<>();
        try (Subscription subscription = bus.subscribe("clicks", "test")) {
            subscription.rewind();
            while (subscription.poll(frame -> read.add(frame.sequence() + ":" + frame.transactionId()), 100) > 0) {
                // until nothing is there
            }
        }
        return read;
    }

    @Test
    void shouldKeepTransactionIdsInOrderOverRestart() {
        final RecordOptions options = new RecordOptions().transactionId(3).header("a", "b");
        try (EventBus bus = open(1); Publisher publisher = bus.publisher("clicks", "web")) {
            publisher.publish(1, 1, 1, 1, payload, 0, 8, options);
            publisher.publish(1, 1, 1, 1, payload, 0, 8, options);
            publisher.publish(1, 1, 1, 1, payload, 0, 8);
            assertThat(publisher.publish(1, 1, 1, 1, 2, payload, 0, 8, options)).isEqualTo(Publisher.DUPLICATE);
        }
        try (EventBus bus = open(1); Publisher publisher = bus.publisher("clicks", "web");
            Publisher other = bus.publisher("clicks", "other")) {
            options.transactionId(2);
            assertThatThrownBy(() -> publisher.publish(1, 1, 1, 1, payload, 0, 8, options))
                .isInstanceOf(TransactionIdOutOfOrderException.class);
            other.publish(1, 1, 1, 1, payload, 0, 8, options);
            publisher.publish(1, 1, 1, 1, payload, 0, 8, options.transactionId(4));
            assertThat(read(bus)).containsExactly("0:3", "1:3", "2:-1", "0:2", "3:4");
        }
    }

    @Test
    void shouldPublishRestOfBatchThatIsInTheLogInPart() {
        final RecordBatch batch = new RecordBatch(4_096);
        for (int i = 0; i < 5; i++) {
            batch.add(1, 1, 1, 1, payload, 0, 8);
        }
        try (EventBus bus = open(1); Publisher publisher = bus.publisher("clicks", "web")) {
            publisher.publish(1, 1, 1, 1, payload, 0, 8);
            publisher.publish(1, 1, 1, 1, payload, 0, 8);
            assertThat(publisher.publishBatch(batch, 0)).isPositive();
            assertThat(publisher.lastSequence()).isEqualTo(4);
            assertThat(publisher.publishBatch(batch, 0)).isEqualTo(Publisher.DUPLICATE);
            publisher.publishBatch(batch);
            assertThat(publisher.lastSequence()).isEqualTo(9);
            assertThat(read(bus)).hasSize(10).startsWith("0:-1", "1:-1", "2:-1").endsWith("9:-1");
            assertThatThrownBy(() -> publisher.publishBatch(batch.clear()))
                .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldRefuseSequencesBehindTheLast() {
        final RecordBatch batch = new RecordBatch(4_096);
        for (int i = 0; i < 5; i++) {
            batch.add(1, 1, 1, 1, payload, 0, 8);
        }
        try (EventBus bus = open(1); Publisher publisher = bus.publisher("clicks", "web")) {
            assertThatThrownBy(() -> publisher.publishBatch(batch, Long.MAX_VALUE - 3))
                .isInstanceOf(IllegalArgumentException.class);
            assertThat(publisher.publishBatch(batch, Long.MAX_VALUE - 4)).isPositive();
            assertThat(publisher.lastSequence()).isEqualTo(Long.MAX_VALUE);
            assertThat(publisher.publishBatch(batch, Long.MIN_VALUE)).isEqualTo(Publisher.DUPLICATE);
            assertThatThrownBy(() -> publisher.publish(1, 1, 1, 1, payload, 0, 8)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("sequence");
            assertThatThrownBy(() -> publisher.publishBatch(batch)).isInstanceOf(IllegalStateException.class);
            assertThat(read(bus)).hasSize(5);
        }
    }

    @Test
    void shouldTakeThePartitionOfABatchFromTheBatch() {
        try (EventBus bus = open(8); Publisher publisher = bus.publisher("clicks", "web")) {
            for (int key = 0; key < 100; key++) {
                final RecordBatch batch = new RecordBatch(1_024);
                batch.add(key, 1, 1, 1, payload, 0, 8);
                batch.add(key, 1, 1, 1, payload, 0, 8);
                publisher.publishBatch(batch); // not where the last one went
                assertThat(publisher.partition()).isEqualTo(bus.stream("clicks").partitionOf(key));
            }
            assertThat(read(bus)).hasSize(200);
        }
    }

    @Test
    void shouldRefuseBatchOfTwoPartitions() {
        final RecordBatch batch = new RecordBatch(4_096);
        batch.add(0, 1, 1, 1, payload, 0, 8);
        batch.add(-1, 1, 1, 1, payload, 0, 8);
        try (EventBus bus = open(2)) {
            try (Publisher publisher = bus.publisher("clicks", "web")) {
                assertThatThrownBy(() -> publisher.publishBatch(batch)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("clicks").hasMessageContaining("partition 0");
                assertThat(publisher.lastSequence()).isEqualTo(-1);
            }
            try (Publisher publisher = bus.publisher("clicks", "web", Partitioner.roundRobin())) {
                publisher.publishBatch(batch);
            }
            assertThat(read(bus)).containsExactly("0:-1", "1:-1");
        }
    }

    @Test
    void shouldPublishRecordsLongerThanFrames() {
        final UnsafeBuffer large = new UnsafeBuffer(new byte[FrameDescriptor.MAX_MESSAGE_LENGTH + 1]);
        try (EventBus bus = open(1); Publisher publisher = bus.publisher("clicks", "web")) {
            publisher.publish(1, 1, 1, 1, large, 0, 100_000);
            final int at = publisher.claim(1, 200_000);
            publisher.buffer().putBytes(at, large, 0, 200_000);
            assertThat(publisher.commit(1, 1, 1, 1)).isEqualTo(bus.stream("clicks").partition(0).appendedPosition());
            assertThat(publisher.lastSequence()).isEqualTo(1);
            publisher.claim(1, 200_000);
            publisher.abort();
            assertThatThrownBy(() -> publisher.claim(1, FrameDescriptor.MAX_MESSAGE_LENGTH + 1))
                .isInstanceOf(RecordTooLongException.class).hasMessageContaining("clicks/0");
            assertThat(bus.stream("clicks").partition(0).appendedPosition()).isGreaterThan(300_000);
        }
    }

    @Test
    void shouldSayThatThereIsNoClaimToWriteInto() {
        try (EventBus bus = open(1); Publisher publisher = bus.publisher("clicks", "web")) {
            assertThatThrownBy(publisher::buffer).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no claim");
            publisher.claim(1, 8);
            publisher.abort();
            assertThatThrownBy(publisher::buffer).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void shouldAnswerInsteadOfWaitingForRoom() {
        try (EventBus bus = open(1); Publisher publisher = bus.publisher("clicks", "web")) {
            assertThat(publisher.tryPublish(1, 1, 1, 1, payload, 0, 8, null)).isEqualTo(Publisher.NO_ROOM);
            assertThat(publisher.tryClaim(1, 8, null)).isEqualTo(Publisher.NO_ROOM);
            assertThat(publisher.lastSequence()).isEqualTo(-1);
            bus.doHousekeeping();
            assertThat(publisher.tryPublish(1, 1, 1, 1, payload, 0, 8, null)).isPositive();
            assertThat(publisher.tryPublish(1, 1, 1, 1, 0, payload, 0, 8, null)).isEqualTo(Publisher.DUPLICATE);
            assertThat(publisher.tryClaim(1, 8, new RecordOptions().transactionId(4))).isPositive();
            publisher.commit(1, 1, 1, 1);
            assertThat(read(bus)).containsExactly("0:-1", "1:4");
        }
    }
}
