/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.log.Appender;
import dev.peregrine.log.PartitionLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetentionKeeperTest {
    private static final int SEGMENT_LENGTH = 64 << 10;
    private static final int RECORDS = 600;
    private static final long NS_PER_MS = 1_000_000;

    @TempDir
    private Path directory;

    private long nowNs = RECORDS * NS_PER_MS;

    private EventBus open(final Retention retention) {
        final EventBus bus = EventBus.open(directory, FilesFacade.SYSTEM);
        bus.provision(StreamConfig.of("clicks").withSegmentLength(SEGMENT_LENGTH).withRetention(retention));
        try (Appender appender = log(bus).newAppender(1)) {
            for (int i = 0; i < RECORDS; i++) {
                appender.claim(1_000);
                appender.commit(1, 1, 0, i * NS_PER_MS, i); // one a millisecond
            }
        }
        return bus;
    }

    private static PartitionLog log(final EventBus bus) {
        return bus.stream("clicks").partition(0);
    }

    private void apply(final EventBus bus) {
        bus.stream("clicks").retain(
            new RetentionKeeper(new StreamFiles(directory, FilesFacade.SYSTEM), FilesFacade.SYSTEM, () -> nowNs));
    }

    @Test
    void shouldKeepEverythingUnlessTold() {
        try (EventBus bus = open(Retention.FOREVER)) {
            nowNs = Long.MAX_VALUE;
            apply(bus);
            assertThat(log(bus).startOffset()).isZero();
        }
    }

    @Test
    void shouldKeepWhatIsToStayLongerThanNanosecondsCanSay() {
        try (EventBus bus = open(new Retention(Long.MAX_VALUE, Long.MAX_VALUE, false))) {
            apply(bus);
            assertThat(log(bus).startOffset()).isZero();
        }
    }

    @Test
    void shouldDeleteSegmentsWhoseYoungestRecordIsTooOld() {
        try (EventBus bus = open(new Retention(200, 0, false))) {
            apply(bus);
            final long first = log(bus).startOffset();
            assertThat(first).isBetween(400L - SEGMENT_LENGTH / 1_000, 400L);
            assertThat(log(bus).startPosition()).isPositive();
            apply(bus);
            assertThat(log(bus).startOffset()).isEqualTo(first);
            nowNs = Long.MAX_VALUE;
            apply(bus);
            assertThat(log(bus).appendedPosition() - log(bus).startPosition()).isBetween(1L, (long) SEGMENT_LENGTH);
            assertThat(log(bus).endOffset()).isEqualTo(RECORDS);
        }
    }

    @Test
    void shouldDeleteTheOldestWhileThePartitionHoldsTooMuch() {
        try (EventBus bus = open(new Retention(0, 3 * SEGMENT_LENGTH, false))) {
            apply(bus);
            assertThat(log(bus).appendedPosition() - log(bus).startPosition())
                .isBetween(2L * SEGMENT_LENGTH, 3L * SEGMENT_LENGTH);
        }
    }

    @Test
    void shouldKeepWhatTheSlowestSubscriptionHasNotCommitted() throws IOException {
        try (EventBus bus = open(new Retention(1, SEGMENT_LENGTH, true));
            Subscription slow = bus.subscribe("clicks", "slow"); Subscription fast = bus.subscribe("clicks", "fast")) {
            fast.seekToLatest();
            fast.commit();
            slow.seekToOffset(0, 300);
            apply(bus);
            assertThat(log(bus).startOffset()).as("not committed").isZero();
            slow.commit();
            apply(bus);
            assertThat(log(bus).startOffset()).isBetween(300L - SEGMENT_LENGTH / 1_000, 300L);
            final long first = log(bus).startOffset();
            slow.seekToLatest();
            slow.commit();
            final Path damaged = directory.resolve("clicks/subscriptions/other.pos");
            Files.write(damaged, new byte[PositionDescriptor.fileLength(1)]);
            apply(bus);
            assertThat(log(bus).startOffset()).as("one place is not known").isEqualTo(first);
            Files.delete(damaged);
            apply(bus);
            assertThat(log(bus).startOffset()).isGreaterThan(RECORDS - SEGMENT_LENGTH / 1_000);
        }
    }

    @Test
    void shouldBeAppliedByHousekeeping() {
        try (EventBus bus = open(new Retention(1, 0, false))) {
            bus.doHousekeeping(); // what was written lies in 1970
            assertThat(log(bus).startOffset()).isPositive();
        }
    }

    @Test
    void shouldTruncateAStreamAndRefuseWhatDoesNotExist() {
        try (EventBus bus = open(Retention.FOREVER); Subscription overtaken = bus.subscribe("clicks", "s")) {
            final long first = bus.truncate("clicks", 0, 300);
            assertThat(first).isBetween(200L, 300L);
            assertThat(overtaken.lagRecords()).isEqualTo(RECORDS - first);
            final long[] next = {-1};
            overtaken.poll(frame -> next[0] = frame.offset(), 1);
            assertThat(next[0]).isEqualTo(first);
            assertThat(bus.describeSubscription("clicks", "s").places().get(0).offset()).isEqualTo(first);
            assertThatThrownBy(() -> bus.truncate("clicks", 1, 5)).isInstanceOf(ConfigurationException.class);
            assertThatThrownBy(() -> bus.truncate("clicks", 0, -1)).isInstanceOf(ConfigurationException.class);
        }
    }
}
