/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.topology.count;

import dev.peregrine.bench.rig.Allocation;
import dev.peregrine.bench.rig.RunClock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Takes the results of a run and holds them against a naive count of the same events. Each sink instance has a writer of
 * its own, found by {@link #current}, since peers make their sinks from serialized copies.
 *
 * <p>The latency of a result is the time from the creation of the event that ends its window, by the fixed schedule, until
 * the result is out. The first windows are not counted, nor is the last, which the end of the events closes.
 */
public final class CountResults {
    /** A key that is nobody's: its results do not count. */
    public static final long NOBODY = -1;

    private static final long POLL_NS = 50_000;
    private static final long HIGHEST_NS = TimeUnit.MINUTES.toNanos(2);
    private static final int DIGITS = 2;
    private static final long NS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static volatile CountResults current;

    private final CountLoad load;
    private final long[] expected;
    private final List<Writer> writers = new CopyOnWriteArrayList<>();
    private final long firstCountedEnd;
    private final long lastEnd;
    private final long allocatedBefore = Allocation.bytes();
    private volatile long allocated;
    private volatile long endNs;

    private CountResults(final CountLoad load, final long[] expected, final int settlingWindows) {
        this.load = load;
        this.expected = expected;
        firstCountedEnd = (settlingWindows + 1L) * load.windowMillis();
        lastEnd = load.windowEnd(load.timeMillis(load.events() - 1));
    }

    /**
     * Starts a run and becomes the current one.
     *
     * @param expected from {@link #expected}.
     * @param settlingWindows windows at the beginning whose latency is not counted.
     */
    public static CountResults begin(final CountLoad load, final long[] expected, final int settlingWindows) {
        final CountResults results = new CountResults(load, expected.clone(), settlingWindows);
        current = results;
        RunClock.reset();
        return results;
    }

    /** The run that goes on in this JVM. */
    public static CountResults current() {
        return current;
    }

    /** What must come out: number of results, sum of their counts, digest. By counting in plain arrays. */
    public static long[] expected(final CountLoad load) {
        final long[] into = new long[3];
        final int[] counts = new int[load.keys()];
        long end = load.windowEnd(load.timeMillis(0));
        for (long i = 0; i < load.events(); i++) {
            final long endOfEvent = load.windowEnd(load.timeMillis(i));
            if (endOfEvent != end) {
                addWindow(counts, end, into);
                end = endOfEvent;
            }
            counts[(int) load.key(i)]++;
        }
        addWindow(counts, end, into);
        return into;
    }

    private static void addWindow(final int[] counts, final long end, final long[] into) {
        for (int key = 0; key < counts.length; key++) {
            if (counts[key] > 0) {
                into[0]++;
                into[1] += counts[key];
                into[2] += digest(key, end, counts[key]);
                counts[key] = 0;
            }
        }
    }

    private static long digest(final long key, final long windowEnd, final long count) {
        return CountLoad.mix(CountLoad.mix(CountLoad.mix(key) + windowEnd) + count);
    }

    /** The events of this run. */
    public CountLoad load() {
        return load;
    }

    /** A writer for one thread. */
    public Writer newWriter() {
        final Writer writer = new Writer();
        writers.add(writer);
        return writer;
    }

    /** Takes results; used by one thread. */
    public final class Writer {
        private final AtomicLong counted = new AtomicLong();
        private final Histogram latency = new Histogram(HIGHEST_NS, DIGITS);
        private long results;
        private long sum;
        private long digest;

        /** Takes the count of a key in the window that ends then. */
        public void add(final long key, final long windowEndMillis, final long count) {
            if (key == NOBODY) {
                return;
            }
            if (load.paced() && windowEndMillis >= firstCountedEnd && windowEndMillis < lastEnd) {
                final long ended = RunClock.startNs() + windowEndMillis * NS_PER_MILLI;
                latency.recordValue(Math.min(HIGHEST_NS, Math.max(0, System.nanoTime() - ended)));
            }
            results++;
            digest += digest(key, windowEndMillis, count);
            sum += count;
            counted.lazySet(sum); // release: what stands above is seen by who reads it
        }
    }

    private long counted() {
        long sum = 0;
        for (final Writer writer : writers) {
            sum += writer.counted.get();
        }
        return sum;
    }

    /** Waits until every event is in a result, and notes when that was; throws if it is not in time. */
    public void await(final long timeoutMillis) {
        final long deadline = System.nanoTime() + timeoutMillis * NS_PER_MILLI;
        while (counted() < load.events()) {
            if (System.nanoTime() > deadline || Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException("only " + counted() + " of " + load.events()
                    + " events were counted within " + timeoutMillis + " ms");
            }
            LockSupport.parkNanos(POLL_NS);
        }
        end();
    }

    /** Notes that everything is out. */
    public void end() {
        endNs = System.nanoTime();
        noteAllocation();
    }

    /** Notes what was allocated so far. To be called before threads end that did the work: they take their figure along. */
    public synchronized void noteAllocation() {
        allocated = Math.max(allocated, Allocation.bytes() - allocatedBefore);
    }

    /** Heap bytes that the threads of this process allocated for each event. */
    public double allocatedBytesPerEvent() {
        return allocated / (double) load.events();
    }

    /** Events a second, from the first event handed out to the last result; throws if the counts are not exact. */
    public double eventsPerSecond() {
        check();
        return load.events() * (double) TimeUnit.SECONDS.toNanos(1) / (endNs - RunClock.startNs());
    }

    /** Latency of the results, nanoseconds; throws if the counts are not exact. */
    public Histogram latency() {
        check();
        final Histogram all = new Histogram(HIGHEST_NS, DIGITS);
        writers.forEach(writer -> all.add(writer.latency));
        return all;
    }

    private void check() {
        final long[] found = {0, 0, 0};
        for (final Writer writer : writers) {
            found[1] += writer.counted.get(); // acquire: first
            found[0] += writer.results;
            found[2] += writer.digest;
        }
        if (found[0] != expected[0] || found[1] != expected[1] || found[2] != expected[2]) {
            throw new IllegalStateException("wrong counts: " + found[0] + " results of " + found[1] + " events, not "
                + expected[0] + " of " + expected[1] + (found[2] == expected[2] ? "" : ", or others than expected"));
        }
    }
}
