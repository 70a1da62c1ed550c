/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.topology.HungStage;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names stages that do not come back. A thread hangs when its duty cycles stand still for longer than is allowed, unless
 * it waits for room in a ring, since then another one is slow, or between two retries. {@link #look} is for one thread,
 * none of the topology's; the rest for any.
 */
final class Watchdog {
    private static final Logger LOGGER = LoggerFactory.getLogger(Watchdog.class);
    private static final int STACK_DEPTH = 64;
    /** Between two looks no more counts: the whole machine may have stood still. */
    private static final long LONGEST_LOOK_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long NS_BETWEEN_LINES = TimeUnit.MINUTES.toNanos(1);

    private final String topology;
    private final TopologyThread[] threads;
    private final Edge[] edges;
    private final long hungAfterNs;
    private final long[] cycles;
    private final long[] stuckNs;
    private final long[] nextLineNs;
    private final AtomicReferenceArray<HungStage> hung;
    private long lastNs;
    private boolean looked;

    Watchdog(final String topology, final List<TopologyThread> threads, final List<Edge> edges, final long hungAfterNs) {
        this.topology = topology;
        this.threads = threads.toArray(TopologyThread[]::new);
        this.edges = edges.toArray(Edge[]::new);
        this.hungAfterNs = hungAfterNs;
        this.cycles = new long[this.threads.length];
        this.stuckNs = new long[this.threads.length];
        this.nextLineNs = new long[this.threads.length];
        this.hung = new AtomicReferenceArray<>(this.threads.length);
    }

    void look(final long nowNs) {
        final long sinceNs = looked ? Math.min(LONGEST_LOOK_NS, nowNs - lastNs) : 0;
        looked = true;
        lastNs = nowNs;
        for (int i = 0; i < threads.length && hungAfterNs > 0; i++) {
            final long now = threads[i].cycles();
            if (now != cycles[i] || threads[i].threadId() < 0 || isWaitingForRoom(i)) {
                cycles[i] = now;
                goesOn(i);
            } else {
                stuckNs[i] += sinceNs;
                if (stuckNs[i] > hungAfterNs) {
                    examine(i);
                }
            }
        }
    }

    private boolean isWaitingForRoom(final int thread) {
        for (int i = 0; i < edges.length; i++) {
            if (edges[i].senderThread() == thread && edges[i].ring().isHoldingUp()) {
                return true;
            }
        }
        return false;
    }

    private void goesOn(final int thread) {
        final HungStage was = hung.get(thread);
        if (was != null) {
            hung.set(thread, null);
            LOGGER.info("topology {}: thread {} goes on after {} s", topology, was.thread(),
                TimeUnit.NANOSECONDS.toSeconds(stuckNs[thread]));
        }
        stuckNs[thread] = 0;
        nextLineNs[thread] = 0;
    }

    private void examine(final int thread) {
        final ThreadInfo info =
            ManagementFactory.getThreadMXBean().getThreadInfo(threads[thread].threadId(), STACK_DEPTH);
        if (info == null || isBetweenRetries(info.getStackTrace())) {
            goesOn(thread); // or has ended
            return;
        }
        final StackTraceElement[] stack = info.getStackTrace();
        final HungStage found = new HungStage(threads[thread].roleName(), StageOfStack.instances(stack,
            threads[thread].instances()), stuckNs[thread], Arrays.stream(stack).map(StackTraceElement::toString).toList());
        hung.set(thread, found);
        if (stuckNs[thread] >= nextLineNs[thread]) {
            nextLineNs[thread] = stuckNs[thread] + NS_BETWEEN_LINES;
            LOGGER.error("topology {}: {}{}    at {}", topology, found, System.lineSeparator(),
                String.join(System.lineSeparator() + "    at ", found.stack()));
        }
    }

    private static boolean isBetweenRetries(final StackTraceElement[] stack) {
        return Stream.of(stack).anyMatch(frame -> frame.getClassName().equals(StageFailures.class.getName())
            && frame.getMethodName().equals(StageFailures.AWAIT_RETRY));
    }

    /** The threads that hang now. */
    List<HungStage> now() {
        return Stream.iterate(0, i -> i < hung.length(), i -> i + 1).map(hung::get).filter(Objects::nonNull).toList();
    }

    long count() {
        long count = 0;
        for (int i = 0; i < hung.length(); i++) {
            count += hung.get(i) == null ? 0 : 1;
        }
        return count;
    }
}
