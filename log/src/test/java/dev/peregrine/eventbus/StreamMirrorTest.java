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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stream with two copies outlives either directory, with its settings and subscriptions. */
class StreamMirrorTest {
    @TempDir
    private Path home;

    private EventBus open() {
        return EventBus.open(home.resolve("data"), home.resolve("mirror"), FilesFacade.SYSTEM);
    }

    private static StreamConfig config() {
        return StreamConfig.of("clicks").withPartitions(2).withSegmentLength(64 << 10)
            .withDurability(Durability.INTERVAL, 1).withCopies(2);
    }

    private static void publish(final EventBus bus, final long from, final long to) {
        final UnsafeBuffer payload = new UnsafeBuffer(new byte[200]);
        try (Publisher publisher = bus.publisher("clicks", "p")) {
            for (long sequence = from; sequence < to; sequence++) {
                publisher.publish(sequence * 31, 1, 1, sequence, sequence, payload, 0, 200);
            }
        }
    }

    private static int poll(final Subscription subscription, final int limit) {
        int polled = 0;
        int now;
        do {
            now = subscription.poll(frame -> { }, limit - polled);
            polled += now;
        } while (now > 0 && polled < limit);
        return polled;
    }

    private void delete(final String name) throws IOException {
        try (Stream<Path> found = Files.walk(home.resolve(name))) {
            for (final Path path : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private void publishAndReadSome() {
        try (EventBus bus = open()) {
            bus.provision(config());
            publish(bus, 0, 1_000);
            try (Subscription audit = bus.subscribe("clicks", "audit")) {
                assertThat(poll(audit, 400)).isEqualTo(400);
                audit.commit();
            }
        }
    }

    private static void checkRest(final EventBus bus, final int left) {
        assertThat(bus.degraded()).isEmpty();
        assertThat(bus.stream("clicks").config()).isEqualTo(config());
        try (Subscription audit = bus.subscribe("clicks", "audit")) {
            assertThat(poll(audit, Integer.MAX_VALUE)).isEqualTo(left);
        }
    }

    @Test
    void shouldSurviveTheLossOfEitherDirectory() throws IOException {
        publishAndReadSome();
        delete("data");
        try (EventBus bus = open()) {
            checkRest(bus, 600);
            publish(bus, 1_000, 1_100);
        }
        delete("mirror");
        try (EventBus bus = open()) {
            checkRest(bus, 700);
        }
        delete("data");
        try (EventBus bus = open()) {
            checkRest(bus, 700);
        }
    }

    @Test
    void shouldLetTheMirrorTakeThePlaceOfTheDirectory() {
        publishAndReadSome();
        try (EventBus bus = EventBus.open(home.resolve("mirror"), home.resolve("new"), FilesFacade.SYSTEM)) {
            checkRest(bus, 600);
        }
        assertThat(home.resolve("new/clicks/stream.conf")).exists();
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000000", "", "2e2e2f78", "2fff", "2f6d6972726f7200"})
    void shouldNameTheWayOutOfADamagedMemoryOfTheMirror(final String hex) throws IOException {
        publishAndReadSome();
        final Path remembered = home.resolve("data/.mirror-dir");
        Files.write(remembered, HexFormat.of().parseHex(hex));
        assertThatThrownBy(() -> EventBus.open(home.resolve("data"), FilesFacade.SYSTEM))
            .isInstanceOf(CorruptDataException.class)
            .hasMessageContaining(remembered + " is damaged").hasMessageContaining("with peregrine.mirror-dir set");
        try (EventBus bus = open()) {
            checkRest(bus, 600);
        }
        assertThat(remembered).hasContent(home.resolve("mirror").toString());
    }

    @Test
    void shouldRememberTheMirror() throws IOException {
        publishAndReadSome();
        try (EventBus bus = EventBus.open(home.resolve("data"), FilesFacade.SYSTEM)) {
            publish(bus, 1_000, 1_100);
        }
        delete("data");
        try (EventBus bus = open()) {
            checkRest(bus, 700);
        }
    }

    @Test
    void shouldRefuseTwoCopiesWithoutAMirror() {
        try (EventBus bus = EventBus.open(home.resolve("data"), FilesFacade.SYSTEM)) {
            assertThatThrownBy(() -> bus.provision(config())).isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("peregrine.mirror-dir");
            assertThat(bus.streams()).isEmpty();
            bus.provision(config().withCopies(1));
            assertThatThrownBy(() -> bus.alter(config())).isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("peregrine.mirror-dir");
        }
        assertThatThrownBy(() -> EventBus.open(home.resolve("data"), home.resolve("data"), FilesFacade.SYSTEM))
            .isInstanceOf(ConfigurationException.class);
    }

    @Test
    void shouldNotBringBackWhatWasDeletedOrHasOneCopy() throws IOException {
        publishAndReadSome();
        try (EventBus bus = open()) {
            bus.deleteSubscription("clicks", "audit");
            assertThat(home.resolve("mirror/clicks/subscriptions/audit.pos")).doesNotExist();
            bus.alter(config().withCopies(1));
            assertThat(home.resolve("mirror/clicks")).doesNotExist();
            bus.alter(config());
            bus.delete("clicks");
        }
        delete("data");
        try (EventBus bus = open()) {
            assertThat(bus.streams()).isEmpty();
        }
    }

    @Test
    void shouldNotMindSegmentsThatComeAndGoWhileSettingsAreCopied() throws Exception {
        try (EventBus bus = open()) {
            bus.provision(config());
            final Path partition = home.resolve("data").resolve("clicks").resolve("partition-0");
            final AtomicBoolean done = new AtomicBoolean();
            final Thread maintenance = new Thread(() -> {
                for (int i = 0; !done.get(); i++) {
                    final Path file = partition.resolve(i % 50 + ".seg.new");
                    try {
                        Files.createFile(file);
                        Files.delete(file);
                    } catch (final IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            });
            maintenance.start();
            try {
                final StreamMirror mirror =
                    new StreamMirror(home.resolve("data"), home.resolve("mirror"), FilesFacade.SYSTEM);
                for (int i = 0; i < 2_000; i++) {
                    mirror.update(config());
                }
            } finally {
                done.set(true);
                maintenance.join();
            }
            assertThat(bus.degraded()).isEmpty();
        }
    }
}
