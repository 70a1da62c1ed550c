/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.core.testing.FaultyFiles;
import dev.peregrine.log.PartitionLog;
import dev.peregrine.log.PartitionReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Copies of a bus that is in use. */
@Timeout(120)
class BackupTest {
    private static final int PUBLISHERS = 3;

    @TempDir
    private Path directory;

    private Path at(final String name) {
        return directory.resolve(name);
    }

    private EventBus open(final String name, final FilesFacade files) {
        return EventBus.open(at(name), files);
    }

    private static StreamConfig config() {
        return StreamConfig.of("clicks").withPartitions(2).withSegmentLength(64 << 10).withCompressionLevel(3);
    }

    private static void publish(final Publisher publisher, final long sequence) {
        final UnsafeBuffer payload = new UnsafeBuffer(new byte[200]);
        payload.putLong(0, sequence);
        publisher.publish(sequence * 31, 1, 1, sequence, sequence, payload, 0, 200);
    }

    /** Per partition, producer and sequence of each record in order. */
    private static List<List<String>> read(final EventBus bus) {
        final List<List<String>> read = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            final PartitionLog log = bus.stream("clicks").partition(i);
            final List<String> records = new ArrayList<>();
            try (PartitionReader reader = log.newReader(0)) {
                while (reader.poll(frame -> records.add(frame.producerId() + " " + frame.sequence()), 1_000) > 0) {
                    // until nothing is there
                }
            }
            log.verify();
            read.add(records);
        }
        return read;
    }

    @Test
    void shouldCopyABeginningWithEverythingAcknowledgedWhilePublishersGoOn() throws Exception {
        final AtomicLongArray acknowledged = new AtomicLongArray(PUBLISHERS);
        final AtomicBoolean stop = new AtomicBoolean();
        final List<Thread> threads = new ArrayList<>();
        final long[] before = new long[PUBLISHERS];
        final List<List<String>> all;
        try (EventBus bus = open("data", FilesFacade.SYSTEM)) {
            bus.provision(config());
            for (int i = 0; i < PUBLISHERS; i++) {
                final int number = i;
                final Thread thread = new Thread(() -> {
                    try (Publisher publisher = bus.publisher("clicks", "p" + number)) {
                        for (long sequence = 0; !stop.get() && sequence < 200_000; sequence++) {
                            publish(publisher, sequence);
                            acknowledged.set(number, sequence + 1);
                        }
                    }
                });
                thread.start();
                threads.add(thread);
            }
            while (acknowledged.get(0) < 2_000 || acknowledged.get(1) < 2_000 || acknowledged.get(2) < 2_000) {
                bus.doHousekeeping();
                bus.doMaintenance();
            }
            for (int i = 0; i < PUBLISHERS; i++) {
                before[i] = acknowledged.get(i);
            }
            bus.backup(at("copy"), bytes -> { });
            stop.set(true);
            for (final Thread thread : threads) {
                thread.join();
            }
            all = read(bus);
        }
        EventBus.restore(at("copy"), at("restored"), FilesFacade.SYSTEM, bytes -> { });
        try (EventBus restored = open("restored", FilesFacade.SYSTEM)) {
            final List<List<String>> kept = read(restored);
            final List<String> together = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                assertThat(kept.get(i)).isEqualTo(all.get(i).subList(0, kept.get(i).size()));
                together.addAll(kept.get(i));
            }
            for (int i = 0; i < PUBLISHERS; i++) {
                final String id = Publisher.producerId("p" + i) + " ";
                assertThat(together.stream().filter(record -> record.startsWith(id)).count())
                    .isGreaterThanOrEqualTo(before[i]);
            }
            try (Publisher publisher = restored.publisher("clicks", "p0")) {
                publish(publisher, 1_000_000);
            }
        }
    }

    @Test
    void shouldKeepSettingsAndSubscriptions() {
        try (EventBus bus = open("data", FilesFacade.SYSTEM)) {
            bus.provision(config());
            try (Publisher publisher = bus.publisher("clicks", "p");
                Subscription audit = bus.subscribe("clicks", "audit")) {
                for (long sequence = 0; sequence < 100; sequence++) {
                    publish(publisher, sequence);
                }
                assertThat(audit.poll(frame -> { }, 40)).isEqualTo(40);
                audit.commit();
            }
            bus.backup(at("copy"), bytes -> { });
        }
        EventBus.restore(at("copy"), at("restored"), FilesFacade.SYSTEM, bytes -> { });
        try (EventBus bus = open("restored", FilesFacade.SYSTEM); Subscription audit = bus.subscribe("clicks", "audit")) {
            assertThat(bus.stream("clicks").config()).isEqualTo(config());
            int left = 0;
            int polled;
            while ((polled = audit.poll(frame -> { }, 1_000)) > 0) {
                left += polled;
            }
            assertThat(left).isEqualTo(60);
        }
    }

    @Test
    void shouldRefuseWhatIsThere() throws IOException {
        Files.createDirectories(at("there"));
        Files.createFile(at("there").resolve("file"));
        try (EventBus bus = open("data", FilesFacade.SYSTEM)) {
            bus.provision(config());
            assertThatThrownBy(() -> bus.backup(at("there"), bytes -> { })).isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("exists");
            bus.backup(at("copy"), bytes -> { });
        }
        assertThatThrownBy(() -> EventBus.restore(at("copy"), at("there"), FilesFacade.SYSTEM, bytes -> { }))
            .isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> EventBus.restore(at("none"), at("new"), FilesFacade.SYSTEM, bytes -> { }))
            .isInstanceOf(ConfigurationException.class).hasMessageContaining("no backup");
    }

    @Test
    void shouldHaveNoNameUnlessItIsWholeAndCopyWhereLinksFail() throws IOException {
        final FaultyFiles files = new FaultyFiles();
        try (EventBus bus = open("data", files)) {
            bus.provision(config());
            try (Publisher publisher = bus.publisher("clicks", "p")) {
                for (long sequence = 0; sequence < 2_000; sequence++) {
                    publish(publisher, sequence);
                }
            }
            files.failNth(FaultyFiles.Call.FORCE_DIRECTORY, 3, "Input/output error");
            assertThatThrownBy(() -> bus.backup(at("copy"), bytes -> { })).isInstanceOf(StorageException.class);
            assertThat(at("copy")).doesNotExist();
            files.heal().failNth(FaultyFiles.Call.RENAME, 1, "Input/output error");
            assertThatThrownBy(() -> bus.backup(at("copy"), bytes -> { })).isInstanceOf(StorageException.class);
            assertThat(at("copy")).doesNotExist();
            files.failNth(FaultyFiles.Call.LINK, 1, "Invalid cross-device link");
            bus.backup(at("copy"), bytes -> { });
            final Path first = at("data/clicks/partition-0/00000000000000000000.seg");
            final byte[] bytes = Files.readAllBytes(first);
            bytes[4096 + 100] ^= 1;
            Files.write(first, bytes);
            assertThatThrownBy(() -> bus.backup(at("damaged"), any -> { })).isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("partition-0");
            assertThat(at("damaged")).doesNotExist();
            assertThat(at("damaged.partial")).doesNotExist();
        }
    }
}
