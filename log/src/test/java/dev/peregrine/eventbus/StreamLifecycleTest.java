/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.ClosedException;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.error.EndOfStreamException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.core.files.SystemFiles;
import dev.peregrine.log.Appender;
import dev.peregrine.log.Durability;
import dev.peregrine.log.Gap;
import dev.peregrine.log.PartitionLog;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class StreamLifecycleTest {
    private static final StreamConfig CLICKS =
        StreamConfig.of("clicks").withPartitions(2).withSegmentLength(64 << 10);
    private static final StreamConfig SYNC = CLICKS.withDurability(Durability.SYNC, 5);

    @TempDir
    private Path directory;

    private EventBus open() {
        return EventBus.open(directory, FilesFacade.SYSTEM);
    }

    private static void publish(final EventBus bus, final int records) {
        final UnsafeBuffer payload = new UnsafeBuffer(new byte[100]);
        try (Publisher publisher = bus.publisher("clicks", "web", Partitioner.roundRobin())) {
            for (int i = 0; i < records; i++) {
                publisher.publish(i, 1, 1, 0, payload, 0, 100);
            }
        }
    }

    private static int count(final EventBus bus) {
        try (Subscription subscription = bus.subscribe("clicks", "all")) {
            return subscription.poll(frame -> { }, Integer.MAX_VALUE);
        }
    }

    @Test
    @Timeout(60)
    void shouldWaitForTheDeadAsLongAsTheStreamSays() throws InterruptedException {
        try (EventBus bus = open()) {
            bus.provision(CLICKS.withHoleTimeout(3_600_000));
            final PartitionLog log = bus.stream("clicks").partition(1);
            try (Appender dead = log.newAppender(1)) {
                final Thread doomed = new Thread(() -> dead.claim(100));
                doomed.start();
                doomed.join();
                bus.doHousekeeping();
                assertThat(log.hole().ownerGone()).isTrue();
                bus.alter(CLICKS.withHoleTimeout(1));
                while (log.hole() != null) {
                    bus.doHousekeeping();
                }
            }
        }
        try (EventBus bus = open()) {
            assertThat(bus.stream("clicks").config().holeTimeoutMs()).isEqualTo(1);
            assertThat(bus.stream("clicks").partition(1).config().holeTimeoutMs()).isEqualTo(1);
        }
    }

    @Test
    void shouldEndAStreamForPublishersAndReaders() {
        try (EventBus bus = open()) {
            bus.provision(CLICKS);
            publish(bus, 100);
            try (Publisher publisher = bus.publisher("clicks", "p"); Subscription all = bus.subscribe("clicks", "s")) {
                assertThat(all.poll(frame -> { }, 1_000)).isEqualTo(100);
                assertThat(all.isEndOfStream()).isFalse();
                bus.end("clicks");
                assertThatThrownBy(() -> publisher.publish(1, 1, 1, 0, new UnsafeBuffer(new byte[1]), 0, 1))
                    .isInstanceOf(EndOfStreamException.class).hasMessageContaining("clicks");
                assertThat(all.isEndOfStream()).isTrue();
                assertThat(all.poll(frame -> { }, 1_000)).isZero();
                assertThat(all.isEndOfStream()).isTrue();
            }
        }
        try (EventBus bus = open()) {
            assertThat(bus.stream("clicks").isEnded()).isTrue();
            assertThat(count(bus)).isEqualTo(100);
            assertThatThrownBy(() -> publish(bus, 1)).isInstanceOf(EndOfStreamException.class);
        }
    }

    @Test
    void shouldAlterDurabilityForGoodAndKeepTheRecords() {
        try (EventBus bus = open()) {
            final Stream stream = bus.provision(CLICKS);
            publish(bus, 2_000);
            assertThat(bus.alter(SYNC)).isSameAs(stream);
            assertThat(stream.config()).isEqualTo(SYNC);
            assertThat(stream.partition(1).config().durability()).isEqualTo(Durability.SYNC);
            publish(bus, 10);
            assertThat(stream.partition(0).durablePosition()).isEqualTo(stream.partition(0).appendedPosition());
            assertThat(count(bus)).isEqualTo(2_010);
            bus.doHousekeeping();
        }
        try (EventBus bus = open()) {
            assertThat(bus.stream("clicks").config()).isEqualTo(SYNC);
            assertThat(count(bus)).isEqualTo(2_010);
        }
    }

    @Test
    void shouldRefuseWhatCannotBeAltered() {
        try (EventBus bus = open()) {
            bus.provision(CLICKS);
            assertThatThrownBy(() -> bus.alter(SYNC.withPartitions(3))).isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("2 partition(s)");
            assertThatThrownBy(() -> bus.alter(SYNC.withSegmentLength(128 << 10)))
                .isInstanceOf(ConfigurationException.class);
            assertThatThrownBy(() -> bus.alter(StreamConfig.of("other"))).isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("no stream 'other'");
            assertThat(bus.stream("clicks").config()).isEqualTo(CLICKS);
        }
    }

    @Test
    void shouldRefuseToAlterOrDeleteWhatIsInUse() {
        try (EventBus bus = open()) {
            bus.provision(CLICKS);
            bus.provision(StreamConfig.of("other").withSegmentLength(64 << 10));
            try (Publisher publisher = bus.publisher("clicks", "web")) {
                assertThat(publisher.name()).isEqualTo("web");
                assertThatThrownBy(() -> bus.alter(SYNC)).isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("cannot be altered").hasMessageContaining("publisher 'web'");
                bus.delete("other");
            }
            try (Subscription subscription = bus.subscribe("clicks", "s")) {
                assertThat(bus.describe("clicks").users()).containsExactly("subscription 's' of stream clicks");
                assertThatThrownBy(() -> bus.delete("clicks")).isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("cannot be deleted").hasMessageContaining("subscription 's'");
                assertThat(subscription.poll(frame -> { }, 1)).isZero();
            }
            bus.delete("clicks");
            assertThat(bus.streams()).isEmpty();
        }
    }

    @Test
    void shouldAlterWhatNeedsNoOtherPartitionsWhileItIsUsed() throws IOException {
        final StreamConfig wanted = CLICKS.withRetention(new Retention(0, 1 << 20, false)).withCompressionLevel(3)
            .withCompaction(new Compaction(true, 0, 0)).withDamage(DamagePolicy.SKIP);
        try (EventBus bus = open()) {
            final Stream stream = bus.provision(CLICKS);
            try (Publisher publisher = bus.publisher("clicks", "web", (key, partitions) -> 0);
                Subscription subscription = bus.subscribe("clicks", "s")) {
                publishTo(publisher, 2_000);
                assertThat(bus.doMaintenance()).isZero();
                assertThat(bus.alter(wanted)).isSameAs(stream);
                while (bus.doMaintenance() > 0) {
                    // until nothing is left to do
                }
                assertThat(packedFiles()).isPositive();
                publishTo(publisher, 100);
                assertThat(subscription.poll(frame -> { }, Integer.MAX_VALUE)).as("of each key the latest")
                    .isBetween(100, 1_999);
                bus.alter(wanted.withCompressionLevel(0).withCompaction(Compaction.OFF));
                final long before = packedFiles();
                publishTo(publisher, 2_000);
                assertThat(bus.doMaintenance()).isZero();
                assertThat(packedFiles()).isEqualTo(before);
                assertThatThrownBy(() -> bus.alter(wanted.withDurability(Durability.SYNC, 5)))
                    .isInstanceOf(ConfigurationException.class).hasMessageContaining("cannot be altered");
                bus.alter(wanted);
            }
        }
        try (EventBus bus = open()) {
            assertThat(bus.stream("clicks").config()).isEqualTo(wanted);
        }
    }

    private static void publishTo(final Publisher publisher, final int records) {
        final UnsafeBuffer payload = new UnsafeBuffer(new byte[100]);
        for (int i = 0; i < records; i++) {
            publisher.publish(1 + i % 10, 1, 1, 0, payload, 0, 100);
        }
    }

    private long packedFiles() throws IOException {
        try (java.util.stream.Stream<Path> files = Files.list(directory.resolve("clicks/partition-0"))) {
            return files.filter(file -> file.toString().endsWith(".zst")).count();
        }
    }

    @Test
    void shouldPassDamageAsSoonAsTheStreamIsToldTo() throws IOException {
        try (EventBus bus = open()) {
            bus.provision(CLICKS.withPartitions(1));
            publish(bus, 2_000);
            assertThat(bus.stream("clicks").verify()).isEqualTo(2_000); // seals what is full
        }
        final Path segment = directory.resolve("clicks/partition-0/" + "0".repeat(20) + ".seg");
        final byte[] bytes = Files.readAllBytes(segment);
        bytes[bytes.length / 2] ^= 1;
        Files.write(segment, bytes);
        try (EventBus bus = open(); Subscription subscription = bus.subscribe("clicks", "s")) {
            assertThatThrownBy(() -> subscription.poll(frame -> { }, Integer.MAX_VALUE))
                .isInstanceOf(CorruptDataException.class);
            final long position = subscription.position(0);
            bus.alter(CLICKS.withPartitions(1).withDamage(DamagePolicy.SKIP));
            final List<Gap> gaps = new ArrayList<>();
            subscription.onGap(gaps::add);
            final long first = subscription.offset(0);
            assertThat(subscription.poll(frame -> { }, Integer.MAX_VALUE)).isEqualTo((int) (1_999 - first));
            assertThat(gaps).singleElement().satisfies(gap -> {
                assertThat(gap.cause()).isEqualTo(Gap.Cause.DAMAGED);
                assertThat(gap.from()).isEqualTo(position);
            });
            assertThat(bus.stream("clicks").partition(0).damagedRanges()).isEqualTo(1);
        }
        try (EventBus bus = open(); Subscription subscription = bus.subscribe("clicks", "again")) {
            assertThat(subscription.poll(frame -> { }, Integer.MAX_VALUE)).isEqualTo(1_999);
        }
    }

    @Test
    void shouldForceWhatWasNotBeforeItPromisesMore() throws IOException {
        final AtomicBoolean broken = new AtomicBoolean();
        final FilesFacade files = new SystemFiles() {
            @Override
            public void force(final FileChannel channel) throws IOException {
                if (broken.get()) {
                    throw new IOException("Input/output error");
                }
                super.force(channel);
            }
        };
        try (EventBus bus = EventBus.open(directory, files)) {
            bus.provision(CLICKS);
            publish(bus, 10);
            broken.set(true);
            assertThatThrownBy(() -> bus.alter(SYNC)).isInstanceOf(StorageException.class)
                .hasMessageContaining("Input/output error");
            assertThat(bus.stream("clicks").config()).isEqualTo(CLICKS);
            publish(bus, 10);
            assertThat(count(bus)).isEqualTo(20);
        }
        assertThat(Files.readString(directory.resolve("clicks/stream.conf"))).contains("durability=os");
    }

    @Test
    void shouldDeleteEverythingAndStartAfreshUnderTheSameName() {
        try (EventBus bus = open()) {
            final Stream before = bus.provision(CLICKS);
            publish(bus, 100);
            assertThat(count(bus)).isEqualTo(100);
            bus.delete("clicks");
            assertThat(directory).isEmptyDirectory();
            assertThatThrownBy(() -> bus.stream("clicks")).isInstanceOf(ConfigurationException.class);
            assertThatThrownBy(() -> before.partition(0).newAppender(1)).isInstanceOf(ClosedException.class);
            assertThat(before.doHousekeeping(() -> { })).isZero();
            assertThat(bus.provision(CLICKS.withPartitions(1))).isNotSameAs(before);
            publish(bus, 3);
            assertThat(count(bus)).isEqualTo(3);
        }
    }

    @Test
    void shouldEndADeleteThatItsProcessDidNot() throws IOException {
        try (EventBus bus = open()) {
            bus.provision(CLICKS);
        }
        Files.move(directory.resolve("clicks"), directory.resolve(".deleted-clicks"));
        try (EventBus bus = open()) {
            assertThat(bus.streams()).isEmpty();
            assertThat(directory).isEmptyDirectory();
        }
    }

    @Test
    void shouldDescribe() {
        try (EventBus bus = open()) {
            bus.provision(CLICKS);
            publish(bus, 10);
            bus.subscribe("clicks", "b").close();
            bus.subscribe("clicks", "a").close();
            final StreamDescription description = bus.describe("clicks");
            assertThat(description.config()).isEqualTo(CLICKS);
            assertThat(description.subscriptions()).containsExactly("a", "b");
            assertThat(description.users()).isEmpty();
            assertThat(description.partitions()).hasSize(2).allSatisfy(partition -> {
                assertThat(partition.startPosition()).isZero();
                assertThat(partition.appendedPosition()).isEqualTo(5 * 160);
                assertThat(partition.diskBytes()).isGreaterThan(64 << 10);
            });
        }
    }
}
