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
import dev.peregrine.log.PartitionConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventBusTest {
    private static final int SEGMENT_LENGTH = 64 << 10;

    @TempDir
    private Path directory;

    private EventBus open() {
        return EventBus.open(directory, FilesFacade.SYSTEM);
    }

    private static StreamConfig stream(final int partitions) {
        return StreamConfig.of("clicks").withPartitions(partitions).withSegmentLength(SEGMENT_LENGTH);
    }

    private static long publish(final Publisher publisher, final long key, final long value) {
        final UnsafeBuffer bytes = new UnsafeBuffer(new byte[Long.BYTES]);
        bytes.putLong(0, value);
        return publisher.publish(KeyHash.of(key), 1, 1, value, bytes, 0, Long.BYTES);
    }

    private static long publishAs(final Publisher publisher, final long sequence) {
        final UnsafeBuffer bytes = new UnsafeBuffer(new byte[Long.BYTES]);
        bytes.putLong(0, sequence);
        return publisher.publish(KeyHash.of(sequence), 1, 1, 0, sequence, bytes, 0, Long.BYTES);
    }

    private static List<Long> poll(final Subscription subscription, final int limit) {
        final List<Long> values = new ArrayList<>();
        int polled;
        do {
            polled = subscription.poll(
                frame -> values.add(frame.buffer().getLong(frame.payloadOffset())), limit - values.size());
        } while (polled > 0 && values.size() < limit);
        return values;
    }

    @Test
    void shouldKeepKeysInOrderOverTwoPartitions() {
        try (EventBus bus = open()) {
            bus.provision(stream(2));
            try (Publisher publisher = bus.publisher("clicks", "web")) {
                for (long i = 0; i < 10_000; i++) {
                    publish(publisher, i % 37, i);
                }
            }
            final Map<Long, Long> lastOfKey = new HashMap<>();
            final Map<Long, Integer> partitionOfKey = new HashMap<>();
            try (Subscription subscription = bus.subscribe("clicks", "all")) {
                final List<Long> values = poll(subscription, 10_000);
                assertThat(values).hasSize(10_000).doesNotHaveDuplicates();
                for (final long value : values) {
                    final Long before = lastOfKey.put(value % 37, value);
                    assertThat(before == null ? -1 : before).isLessThan(value);
                }
                assertThat(subscription.lagBytes()).isZero();
                assertThat(subscription.offset(0) + subscription.offset(1)).isEqualTo(10_000);
            }
            for (long key = 0; key < 37; key++) {
                partitionOfKey.put(key, bus.stream("clicks").partitionOf(KeyHash.of(key)));
            }
            assertThat(partitionOfKey.values()).contains(0, 1);
            assertThat(bus.stream("clicks").verify()).isEqualTo(10_000);
        }
    }

    @Test
    void shouldDropDuplicatesAlsoAfterRestart() {
        try (EventBus bus = open()) {
            bus.provision(stream(2));
            try (Publisher publisher = bus.publisher("clicks", "web")) {
                assertThat(publisher.lastSequence()).isEqualTo(-1);
                for (long i = 0; i < 100; i++) {
                    assertThat(publishAs(publisher, i)).isPositive();
                }
                assertThat(publishAs(publisher, 99)).isEqualTo(Publisher.DUPLICATE);
                publisher.claim(KeyHash.of(1), 8);
                assertThat(publisher.commit(1, 1, 0, 50)).isEqualTo(Publisher.DUPLICATE);
            }
        }
        try (EventBus bus = open()) {
            try (Publisher publisher = bus.publisher("clicks", "web");
                Publisher other = bus.publisher("clicks", "other")) {
                assertThat(publisher.lastSequence()).isEqualTo(99);
                assertThat(other.lastSequence()).isEqualTo(-1);
                for (long i = 90; i < 110; i++) {
                    assertThat(publishAs(publisher, i) == Publisher.DUPLICATE).isEqualTo(i < 100);
                }
                assertThat(publishAs(other, 5)).isPositive();
            }
            try (Subscription subscription = bus.subscribe("clicks", "all")) {
                assertThat(poll(subscription, 1_000)).hasSize(111);
            }
        }
    }

    @Test
    void shouldKnowSequencesBehindTheOpenClaimOfAnother() {
        try (EventBus bus = open()) {
            bus.provision(stream(1));
            try (Publisher slow = bus.publisher("clicks", "slow")) {
                slow.claim(1, 8);
                try (Publisher publisher = bus.publisher("clicks", "web")) {
                    publishAs(publisher, 7);
                }
                try (Publisher again = bus.publisher("clicks", "web")) {
                    assertThat(again.lastSequence()).isEqualTo(7);
                    assertThat(publishAs(again, 7)).isEqualTo(Publisher.DUPLICATE);
                }
                slow.abort();
            }
        }
    }

    @Test
    void shouldRefuseClaimsOutOfTurn() {
        try (EventBus bus = open()) {
            bus.provision(stream(2));
            try (Publisher publisher = bus.publisher("clicks", "web")) {
                assertThatThrownBy(() -> publisher.commit(1, 1, 0, 0)).isInstanceOf(IllegalStateException.class);
                publisher.claim(0, 8);
                assertThatThrownBy(() -> publisher.claim(-1, 8)).isInstanceOf(IllegalStateException.class);
                publisher.abort();
                assertThatThrownBy(publisher::abort).isInstanceOf(IllegalStateException.class);
                assertThat(publishAs(publisher, 1)).isPositive();
            }
        }
    }

    @Test
    void shouldLendNamesToOneAtATime() {
        try (EventBus bus = open()) {
            bus.provision(stream(1));
            final Publisher first = bus.publisher("clicks", "web");
            assertThatThrownBy(() -> bus.publisher("clicks", "web")).isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("in use");
            first.close();
            final Publisher second = bus.publisher("clicks", "web");
            first.close(); // must not free the name of the second
            assertThatThrownBy(() -> bus.publisher("clicks", "web")).isInstanceOf(ConfigurationException.class);
            second.close();
            final Subscription subscription = bus.subscribe("clicks", "s");
            assertThatThrownBy(() -> bus.subscribe("clicks", "s")).isInstanceOf(ConfigurationException.class);
            subscription.close();
            subscription.close();
            bus.subscribe("clicks", "s").close();
        }
    }

    @Test
    void shouldFreeTheNameWhenOpeningFails() {
        try (EventBus bus = open()) {
            assertThatThrownBy(() -> bus.publisher("clicks", "web")).isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("no stream 'clicks'");
            assertThatThrownBy(() -> bus.subscribe("clicks", "s")).isInstanceOf(ConfigurationException.class);
            bus.provision(stream(1));
            bus.publisher("clicks", "web").close();
            bus.subscribe("clicks", "s").close();
            assertThatThrownBy(() -> bus.subscribe("clicks", "../s")).isInstanceOf(ConfigurationException.class);
        }
    }

    @Test
    void shouldRefuseWhatCannotBeChanged() {
        try (EventBus bus = open()) {
            final Stream provisioned = bus.provision(stream(2));
            assertThat(bus.provision(stream(2))).isSameAs(provisioned);
            assertThatThrownBy(() -> bus.provision(stream(3))).isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("2 partition(s)");
            assertThatThrownBy(() -> bus.provision(stream(2).withSegmentLength(2 * SEGMENT_LENGTH)))
                .isInstanceOf(ConfigurationException.class);
        }
        try (EventBus bus = open()) {
            assertThat(bus.streams()).hasSize(1);
            assertThat(bus.stream("clicks").config()).isEqualTo(stream(2));
        }
    }

    @Test
    void shouldRefuseBadNamesAndNumbersBeforeAnythingIsWritten() {
        assertThatThrownBy(() -> StreamConfig.of("s").withDurability(Durability.INTERVAL, -5))
            .isInstanceOf(ConfigurationException.class).hasMessageContaining("at least 1 ms");
        for (final String name : new String[] {"", ".hidden", "a/b", "..", "a b", "ä", "x".repeat(129)}) {
            assertThatThrownBy(() -> StreamConfig.of(name)).isInstanceOf(ConfigurationException.class);
        }
        assertThatThrownBy(() -> stream(0)).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> stream(1_025)).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> stream(1).withSegmentLength(1_000)).isInstanceOf(ConfigurationException.class)
            .hasMessageContaining("power of two");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void shouldTellDamagedDescriptionAndDamagedPartition() throws IOException {
        try (EventBus bus = open()) {
            bus.provision(stream(2));
            try (Publisher publisher = bus.publisher("clicks", "web")) {
                publish(publisher, 0, 0);
            }
        }
        final Path description = directory.resolve("clicks/stream.conf");
        final byte[] good = Files.readAllBytes(description);
        Files.writeString(description, "partitions = many");
        assertThatThrownBy(this::open).isInstanceOf(CorruptDataException.class).hasMessageContaining("stream.conf");
        Files.write(description, good);
        try (java.util.stream.Stream<Path> found = Files.walk(directory.resolve("clicks"))) {
            for (final Path segment : found.filter(p -> p.toString().endsWith(".seg")).toList()) {
                Files.write(segment, new byte[] {1, 2, 3});
            }
        }
        assertThatThrownBy(this::open).isInstanceOf(CorruptDataException.class);
    }

    @Test
    void shouldLetEveryPartitionHaveItsTurnWhenOneFails() {
        final boolean[] full = {false};
        final FilesFacade files = new dev.peregrine.core.files.SystemFiles() {
            @Override
            public void allocate(final Path file, final long lengthBytes, final Runnable betweenBlocks)
                throws IOException {
                if (full[0] && file.toString().contains("partition-0")) {
                    throw new IOException("No space left on device");
                }
                super.allocate(file, lengthBytes, betweenBlocks);
            }
        };
        try (EventBus bus = EventBus.open(directory, files)) {
            final Stream stream = bus.provision(stream(2));
            bus.publisher("clicks", "web").close(); // partitions that nobody uses have no segments
            full[0] = true;
            final long before = stream.partition(1).diskBytes();
            assertThatThrownBy(bus::doHousekeeping)
                .isInstanceOf(dev.peregrine.core.error.StorageException.class);
            assertThat(stream.partition(1).diskBytes()).isGreaterThan(before);
            full[0] = false;
            assertThat(bus.doHousekeeping()).isPositive();
        }
    }

    @Test
    void shouldTellDefaults() {
        assertThat(StreamConfig.of("a").segmentLength()).isEqualTo(PartitionConfig.DEFAULT_SEGMENT_LENGTH);
    }
}
