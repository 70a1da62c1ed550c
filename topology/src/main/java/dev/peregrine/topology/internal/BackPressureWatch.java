/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.topology.BackPressure;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the instance that the others wait for. Once a second it looks at how long each thread waited for room in which
 * rings. A thread that is waited for and waits itself only hands the pressure on; so what it waits is taken off what is
 * waited for it, and the thread with the most left is the cause. Of its instances it is the one that has worked most, since
 * fused ones share the thread. {@link #look} is for one thread; the rest for any.
 */
final class BackPressureWatch {
    private static final Logger LOGGER = LoggerFactory.getLogger(BackPressureWatch.class);
    private static final long PERIOD_NS = TimeUnit.SECONDS.toNanos(1);
    /** At most one line in so many periods. */
    private static final int PERIODS_BETWEEN_LINES = 10;
    /** So many periods without it and it is over. */
    private static final int PERIODS_OF_REST = 5;

    private final String topology;
    private final TopologyThread[] threads;
    private final Edge[] edges;
    private final double reportedShare;
    private final long[] waitedNs;
    private final long[][] workedNs;
    /** What each thread waited for each other one in this period. */
    private final long[][] waits;
    private long lastNs;
    private boolean looked;
    private int periodsSinceLine = PERIODS_BETWEEN_LINES;
    private int restingPeriods;
    private StageInstance reported;
    private volatile StageInstance cause;
    private volatile double share;
    private volatile String thread = "";

    BackPressureWatch(
        final String topology, final List<TopologyThread> threads, final List<Edge> edges, final double reportedShare) {
        this.topology = topology;
        this.threads = threads.toArray(TopologyThread[]::new);
        this.edges = edges.toArray(Edge[]::new);
        this.reportedShare = reportedShare;
        this.waitedNs = new long[this.edges.length];
        this.waits = new long[this.threads.length][this.threads.length];
        this.workedNs = new long[this.threads.length][];
        Arrays.setAll(workedNs, i -> new long[this.threads[i].instances().length]);
    }

    /** Looks, if it is time to. */
    void look(final long nowNs) {
        if (edges.length == 0 || looked && nowNs - lastNs < PERIOD_NS) {
            return;
        }
        final long periodNs = nowNs - lastNs;
        noteWaits();
        if (looked) {
            findCause(periodNs);
            report();
        }
        noteWork();
        looked = true;
        lastNs = nowNs;
    }

    private void noteWaits() {
        for (final long[] row : waits) {
            Arrays.fill(row, 0);
        }
        for (int i = 0; i < edges.length; i++) {
            final long waited = Math.max(waitedNs[i], edges[i].ring().waitedNs());
            waits[edges[i].senderThread()][edges[i].receiverThread()] += waited - waitedNs[i];
            waitedNs[i] = waited;
        }
    }

    private void noteWork() {
        for (int i = 0; i < threads.length; i++) {
            final StageInstance[] instances = threads[i].instances();
            for (int j = 0; j < instances.length; j++) {
                workedNs[i][j] = instances[j].workedNs();
            }
        }
    }

    private void findCause(final long periodNs) {
        long mostNs = 0;
        int slowest = -1;
        for (int i = 0; i < threads.length; i++) {
            long heldUpNs = 0;
            for (int sender = 0; sender < threads.length; sender++) {
                heldUpNs = Math.max(heldUpNs, waits[sender][i]);
            }
            final long leftNs = heldUpNs - Arrays.stream(waits[i]).sum();
            if (leftNs > mostNs) {
                mostNs = leftNs;
                slowest = i;
            }
        }
        share = Math.min(1, (double) mostNs / periodNs);
        thread = slowest < 0 ? "" : threads[slowest].roleName();
        cause = slowest < 0 ? null : busiest(slowest);
    }

    private StageInstance busiest(final int index) {
        final StageInstance[] instances = threads[index].instances();
        StageInstance busiest = instances[0];
        long most = -1;
        for (int i = 0; i < instances.length; i++) {
            final long worked = instances[i].workedNs() - workedNs[index][i];
            if (worked > most) {
                most = worked;
                busiest = instances[i];
            }
        }
        return most > 0 ? busiest : fullest(index, busiest);
    }

    /** Where nothing was timed, since each call takes so long: the one whose ring is fullest. */
    private StageInstance fullest(final int index, final StageInstance otherwise) {
        StageInstance fullest = otherwise;
        long most = 0;
        for (final Edge edge : edges) {
            if (edge.receiverThread() == index && edge.ring().fill() > most) {
                most = edge.ring().fill();
                fullest = edge.ring().receiver();
            }
        }
        return fullest;
    }

    private void report() {
        periodsSinceLine++;
        final boolean worth = cause != null && share >= reportedShare;
        restingPeriods = worth ? 0 : restingPeriods + 1;
        if (worth && cause != reported && periodsSinceLine >= PERIODS_BETWEEN_LINES) {
            reported = cause;
            periodsSinceLine = 0;
            LOGGER.warn("topology {}: {}", topology, now());
        } else if (reported != null && restingPeriods >= PERIODS_OF_REST) {
            LOGGER.info("topology {}: {}[{}] no longer holds up its senders", topology, reported.component(),
                reported.task());
            reported = null;
        }
    }

    /** The cause in the last period; null if nobody waited. */
    BackPressure now() {
        final StageInstance instance = cause;
        return instance == null ? null
            : new BackPressure(instance.component(), instance.task(), thread, share);
    }

    /** Thousandths of the last period for which an instance held up others. */
    long permille(final StageInstance instance) {
        return cause == instance ? Math.round(share * 1_000) : 0;
    }
}
