/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.ads;

import com.sun.management.ThreadMXBean;
import dev.peregrine.app.DemoListener;
import dev.peregrine.app.DemoReport;
import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.topology.RunningTopology;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;

/** One run of the demo: a publishing thread, and the calling thread that watches and reports. */
final class DemoRun {
    private static final long WATCH_MS = 10;
    private static final long PROGRESS_NS = 200_000_000L;
    private static final double NS_PER_MICRO = 1_000.0;
    private static final double NS_PER_SECOND = 1e9;

    private final AdsReplay replay;
    private final RunningTopology topology;
    private final DemoListener listener;
    private final Histogram latency = new Histogram(3);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private long first;
    private long target;
    /** Written by the publishing thread before it ends. */
    private volatile long publisherBytes;
    private double seconds;
    private long gcCount;
    private long allocatedBytes;
    private long lastProgressNs;
    private long lastEvents;

    DemoRun(final AdsReplay replay, final RunningTopology topology, final DemoListener listener) {
        this.replay = replay;
        this.topology = topology;
        this.listener = listener;
        this.latency.setAutoResize(true);
    }

    void toTheEnd(final long events, final long ratePerSecond) throws InterruptedException {
        first = replay.published();
        target = Math.max(first, events);
        topology.awaitDrained(); // what an earlier run had published and not counted
        topology.latencySinceLastCall();
        gcCount = -collections();
        allocatedBytes = -topology.allocatedBytes();
        final long start = System.nanoTime();
        lastProgressNs = start;
        lastEvents = topology.eventsCommitted();
        final Thread publisher = new Thread(() -> publish(ratePerSecond), "ads-publisher");
        publisher.start();
        try {
            while (topology.eventsCommitted() < target) {
                watch();
            }
        } finally {
            publisher.interrupt();
            publisher.join();
        }
        seconds = (System.nanoTime() - start) / NS_PER_SECOND;
        gcCount += collections();
        allocatedBytes += topology.allocatedBytes() + publisherBytes;
        latency.add(topology.latencySinceLastCall());
        progress(System.nanoTime(), latency.copy());
    }

    private void publish(final long ratePerSecond) {
        try {
            if (ratePerSecond > 0) {
                replay.runAtRate(target, ratePerSecond);
            } else {
                replay.runFlatOut(target, topology::eventsCommitted);
            }
            publisherBytes = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        } catch (final RuntimeException | Error e) {
            failure.set(e);
        }
    }

    private void watch() throws InterruptedException {
        if (topology.failure() != null) {
            throw AdsDemo.failed(topology);
        }
        final Throwable failed = failure.get();
        if (failed != null) {
            throw failed instanceof PeregrineException known
                ? known : new PeregrineException("the publisher failed: " + failed, failed);
        }
        Thread.sleep(WATCH_MS);
        final long now = System.nanoTime();
        if (now - lastProgressNs >= PROGRESS_NS) {
            final Histogram interval = topology.latencySinceLastCall();
            latency.add(interval);
            progress(now, interval);
        }
    }

    private void progress(final long now, final Histogram interval) {
        final long events = topology.eventsCommitted();
        listener.progress(new DemoListener.Progress(events, target,
            (events - lastEvents) * NS_PER_SECOND / Math.max(1, now - lastProgressNs),
            Math.max(0, replay.published() - events), interval.getValueAtPercentile(50) / NS_PER_MICRO,
            interval.getValueAtPercentile(99) / NS_PER_MICRO));
        lastProgressNs = now;
        lastEvents = events;
    }

    private static long collections() {
        long count = 0;
        for (final GarbageCollectorMXBean bean : ManagementFactory.getGarbageCollectorMXBeans()) {
            count += Math.max(0, bean.getCollectionCount());
        }
        return count;
    }

    DemoReport report(
        final List<DemoReport.Ad> ads, final long resumedFrom, final long malformed, final Path dataDirectory) {
        final long published = replay.published() - resumedFrom;
        return new DemoReport(ads.stream().mapToLong(DemoReport.Ad::impressions).sum(), published,
            ads.stream().mapToLong(DemoReport.Ad::clicks).sum(),
            ads.stream().mapToLong(DemoReport.Ad::spendMicros).sum(), seconds,
            published == 0 ? 0 : published / seconds,
            percentiles(latency), published == 0 ? 0 : allocatedBytes / (double) published, gcCount, resumedFrom,
            malformed, ads, dataDirectory);
    }

    private static DemoReport.LatencyMicros percentiles(final Histogram of) {
        return new DemoReport.LatencyMicros(micros(of, 50), micros(of, 99), micros(of, 99.9), micros(of, 100));
    }

    private static double micros(final Histogram of, final double percentile) {
        return of.getValueAtPercentile(percentile) / NS_PER_MICRO;
    }
}
