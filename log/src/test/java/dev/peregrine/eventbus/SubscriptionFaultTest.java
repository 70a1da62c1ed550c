/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.core.testing.FaultyFiles;
import dev.peregrine.core.testing.FaultyFiles.Call;
import dev.peregrine.log.Durability;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A file call fails while places are committed: a typed error, a place that was committed, and on. */
class SubscriptionFaultTest {
    private static final int RECORDS = 100;
    private static final int STEP = 20;

    @TempDir
    private Path directory;

    private static void provision(final EventBus bus) {
        bus.provision(StreamConfig.of("clicks").withSegmentLength(64 << 10).withDurability(Durability.SYNC, 1));
        try (Publisher publisher = bus.publisher("clicks", "web")) {
            for (int i = 0; i < RECORDS; i++) {
                publisher.publish(0, 1, 1, 0, i, new UnsafeBuffer(new byte[Long.BYTES]), 0, Long.BYTES);
            }
        }
        commitSome(bus, "old");
    }

    private static void commitSome(final EventBus bus, final String name) {
        try (Subscription subscription = bus.subscribe("clicks", name)) {
            subscription.poll(frame -> { }, STEP);
            subscription.commit();
        }
    }

    private static void commitSomeLater(final EventBus bus, final String name) {
        try (Subscription subscription = bus.subscribe("clicks", name)) {
            subscription.poll(frame -> { }, STEP);
            final CompletableFuture<Void> future = subscription.commitAsync();
            bus.doHousekeeping();
            try {
                future.join();
            } catch (final CompletionException e) {
                throw (PeregrineException) e.getCause();
            }
        }
    }

    private static long place(final EventBus bus, final String name) {
        return bus.describeSubscription("clicks", name).places().get(0).offset();
    }

    private static boolean fails(final Runnable step) {
        try {
            step.run();
            return false;
        } catch (final StorageException e) {
            assertThat(e).hasMessageContaining("subscription").hasMessageContaining("Input/output error");
            return true;
        }
    }

    @ParameterizedTest
    @CsvSource({"FORCE, old", "OPEN, old", "MAP, old", "WRITE_ATOMICALLY, new", "CREATE_DIRECTORIES, new", "OPEN, new",
        "MAP, new", "FORCE, new"})
    void shouldKeepAPlaceAndGoOnWhateverFails(final Call call, final String name) {
        final FaultyFiles files = new FaultyFiles();
        final Path home = directory.resolve("bus");
        try (EventBus bus = EventBus.open(home, files)) {
            provision(bus);
            final long before = "old".equals(name) ? STEP : 0;
            files.failNth(call, 1, "Input/output error");
            assertThat(fails(() -> commitSome(bus, name))).as("%s failed", call).isTrue();
            files.heal();
            if (bus.subscriptions("clicks").contains(name)) {
                assertThat(place(bus, name)).isIn(before, before + STEP);
            }
            commitSome(bus, name);
            final long after = place(bus, name);
            assertThat(after).isIn(before + STEP, before + 2 * STEP);
        }
        try (EventBus bus = EventBus.open(home, FilesFacade.SYSTEM)) {
            assertThat(place(bus, "old")).isGreaterThanOrEqualTo(STEP);
            commitSome(bus, name);
        }
    }

    @Test
    void shouldTellTheFutureThatItsPlaceCouldNotBeForced() {
        final FaultyFiles files = new FaultyFiles();
        try (EventBus bus = EventBus.open(directory.resolve("bus"), files)) {
            provision(bus);
            files.failNth(Call.FORCE, 1, "Input/output error");
            assertThat(fails(() -> commitSomeLater(bus, "old"))).isTrue();
            files.heal();
            commitSomeLater(bus, "old");
            assertThat(place(bus, "old")).isIn(2L * STEP, 3L * STEP);
        }
    }

    @Test
    void shouldMakeTheSubscriptionOnceTheDiskHasRoomAgain() {
        final FaultyFiles files = new FaultyFiles();
        try (EventBus bus = EventBus.open(directory.resolve("bus"), files)) {
            provision(bus);
            files.diskFull(true);
            assertThatThrownBy(() -> bus.subscribe("clicks", "new")).isInstanceOf(StorageException.class)
                .hasMessageContaining("subscription").hasMessageContaining("No space left on device");
            assertThat(bus.subscriptions("clicks")).containsExactly("old");
            commitSome(bus, "old"); // its file has its room
            assertThat(place(bus, "old")).isEqualTo(2 * STEP);
            files.heal();
            commitSome(bus, "new");
            assertThat(place(bus, "new")).isEqualTo(STEP);
        }
    }
}
