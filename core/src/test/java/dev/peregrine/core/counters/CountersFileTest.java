/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.counters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.FormatException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.core.files.SystemFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.status.AtomicCounter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CountersFileTest {
    private static final int CAPACITY = 8;

    @TempDir
    private Path directory;

    private CountersFile create() {
        return CountersFile.create(FilesFacade.SYSTEM, directory, CAPACITY);
    }

    private List<String> seen() {
        final List<String> seen = new ArrayList<>();
        try (CountersView view = CountersView.open(FilesFacade.SYSTEM, directory).orElseThrow()) {
            view.forEach((type, label, value, histogram) -> seen.add(type + " " + label.parts() + " " + value));
        }
        return seen;
    }

    @Test
    void shouldShowCountersToReaders() {
        assertThat(CountersView.open(FilesFacade.SYSTEM, directory)).isEmpty();
        try (CountersFile file = create()) {
            final AtomicCounter first = file.newCounter(1, CounterLabel.of("ads", "zähle", "0", "received"));
            final AtomicCounter second = file.newCounter(2, CounterLabel.of("with\ttab"));
            first.setOrdered(42);
            second.setOrdered(-1);
            assertThat(seen()).containsExactly("1 [ads, zähle, 0, received] 42", "2 [with tab] -1");
            file.free(first);
            file.free(first); // twice is once
            assertThat(seen()).containsExactly("2 [with tab] -1");
        }
    }

    @Test
    void shouldSayWhoWritesAndWhetherItLives() {
        final CountersFile file = create();
        try (CountersView view = CountersView.open(FilesFacade.SYSTEM, directory).orElseThrow()) {
            file.heartbeat(77);
            assertThat(view.heartbeatMs()).isEqualTo(77);
            assertThat(view.pid()).isEqualTo(ProcessHandle.current().pid());
            assertThat(view.isAlive()).isTrue();
            file.close();
            file.close();
            assertThat(view.isClosed()).isTrue();
            assertThat(view.isAlive()).isFalse();
        }
    }

    @Test
    void shouldDoWithoutCountersForWhichThereIsNoRoom() {
        try (CountersFile file = create()) {
            for (int i = 0; i < CAPACITY; i++) {
                assertThat(file.newCounter(1, CounterLabel.of("c" + i))).isNotNull();
            }
            assertThat(file.newCounter(1, CounterLabel.of("more"))).isNull();
            assertThat(file.newHistogram(1, CounterLabel.of("more"))).isNull();
            assertThat(seen()).hasSize(CAPACITY);
        }
    }

    @Test
    void shouldKeepTheNameOfALabelThatIsTooLong() {
        try (CountersFile file = create()) {
            file.newCounter(1, CounterLabel.of("t".repeat(300), "c".repeat(300), "3", "received"));
            assertThat(seen()).singleElement().asString().endsWith("c, 3, received] 0");
        }
    }

    @Test
    void shouldShowHistograms() {
        try (CountersFile file = create()) {
            final CountedHistogram histogram = file.newHistogram(3, CounterLabel.of("latency"));
            final long[] counts = new long[HistogramBuckets.COUNT];
            counts[HistogramBuckets.of(1_000)] = 99;
            counts[HistogramBuckets.of(1_000_000)] = 1;
            histogram.set(counts);
            java.util.Arrays.fill(counts, 0);
            try (CountersView view = CountersView.open(FilesFacade.SYSTEM, directory).orElseThrow()) {
                view.forEach((type, label, value, number) -> view.addHistogram(number, counts));
                view.addHistogram(1 << 20, counts);
            }
            assertThat(HistogramBuckets.total(counts)).isEqualTo(100);
            assertThat(HistogramBuckets.atPercentile(counts, 99)).isBetween(1_000L, 1_063L);
            assertThat(HistogramBuckets.atPercentile(counts, 100)).isBetween(1_000_000L, 1_062_500L);
            file.free(histogram);
            final long[] anew = new long[HistogramBuckets.COUNT];
            file.newHistogram(3, CounterLabel.of("other")).addTo(anew);
            assertThat(HistogramBuckets.total(anew)).isZero();
        }
    }

    @Test
    void shouldPutValuesIntoBucketsThatHoldThem() {
        final Random random = new Random(7);
        for (int i = 0; i < 100_000; i++) {
            final long value = random.nextLong() >>> (22 + random.nextInt(42));
            final int bucket = HistogramBuckets.of(value);
            assertThat(HistogramBuckets.highest(bucket)).isBetween(value, value + value / 16);
            assertThat(bucket == 0 ? -1 : HistogramBuckets.highest(bucket - 1)).isLessThan(value);
        }
        assertThat(HistogramBuckets.of(Long.MAX_VALUE)).isEqualTo(HistogramBuckets.COUNT - 1);
        assertThat(HistogramBuckets.of(-5)).isZero();
        assertThat(HistogramBuckets.atPercentile(new long[HistogramBuckets.COUNT], 99)).isZero();
    }

    @Test
    void shouldRefuseAFileThatIsNone() throws IOException {
        try (CountersFile made = create()) {
            made.newCounter(1, CounterLabel.of("a", "b"));
            made.newHistogram(2, CounterLabel.of("h"));
        }
        final Path file = directory.resolve(CountersFileDescriptor.FILE);
        final byte[] good = Files.readAllBytes(file);
        final Random random = new Random(11);
        for (int i = 0; i < 200; i++) { // whatever stands there, it is refused or read within its bounds
            final byte[] bad = good.clone();
            for (int n = random.nextInt(4); n >= 0; n--) {
                bad[random.nextInt(i % 2 == 0 ? 56 : 2_000)] = (byte) random.nextInt(256);
            }
            Files.write(file, bad);
            try {
                seen();
            } catch (final FormatException e) {
                assertThat(e).hasMessageContaining("counters file");
            }
        }
        for (final int length : new int[] {0, 7, 127, good.length - 1}) {
            Files.write(file, java.util.Arrays.copyOf(good, length));
            assertThatThrownBy(this::seen).isInstanceOf(FormatException.class);
        }
    }

    @Test
    void shouldDoWithoutAFileThatCannotBeMade() {
        final FilesFacade full = new SystemFiles() {
            @Override
            public void clear(final Path file, final long length, final Runnable between) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        try (CountersFile file = CountersFile.create(full, directory, CAPACITY)) {
            file.newCounter(1, CounterLabel.of("a")).setOrdered(3);
            file.heartbeat(1);
        }
        assertThat(CountersView.open(FilesFacade.SYSTEM, directory)).isEmpty();
    }
}
