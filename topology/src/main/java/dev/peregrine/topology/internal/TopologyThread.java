/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.core.thread.Cores;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.HdrHistogram.Histogram;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.ManyToOneConcurrentLinkedQueue;

/**
 * The work of one thread: sources and the receiving ends of rings, in one duty cycle. Instances fused on the thread are
 * called by these.
 *
 * <p><b>Alignment.</b> A ring whose marker has come is not polled, and sources that have injected theirs are not
 * polled, until all inputs of the thread have reached the epoch; nor do timers and ticks fire, since they may emit. So
 * within a thread no event of epoch e+1 can overtake a marker of epoch e, and a thread that has not passed e sends only to
 * rings that are still polled. Since threads only send to later threads, this cannot deadlock, wherever the sources are.
 */
final class TopologyThread implements Agent {
    private static final int POLL_LIMIT = 256;
    private static final VarHandle CYCLES;

    static {
        try {
            CYCLES = MethodHandles.lookup().findVarHandle(TopologyThread.class, "cycles", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final String roleName;
    private final int index;
    private final int core;
    private final LogSource[] sources;
    private final RingEdge[] inputs;
    private final StageInstance[] instances;
    private final EpochCoordinator coordinator;
    private final boolean coordinates;
    private final boolean timed;
    /** What others ask of this thread, done between events. */
    private final ManyToOneConcurrentLinkedQueue<Runnable> requests = new ManyToOneConcurrentLinkedQueue<>();
    private final RuntimeHost host;
    private final LatencyRecorder latency = new LatencyRecorder();

    private long epoch;
    private boolean injected;
    private boolean passed = true;
    /** Whether something other than reading sources, e.g. a timer, has happened since the last markers. */
    private boolean unmarked;
    private boolean hadNews;
    private long appliedEpoch;
    private boolean latencyDue;
    /** Duty cycles so far: by it the watchdog sees that the thread hangs. Written by this thread, read by others. */
    private volatile long cycles;
    private volatile boolean active = true;
    /** Written by this thread, read by others. */
    private volatile long committedEvents;
    private volatile long thread = -1;

    TopologyThread(
        final String roleName, final int index, final int core, final LogSource[] sources, final RingEdge[] inputs,
        final StageInstance[] instances, final EpochCoordinator coordinator, final boolean coordinates,
        final long firstEpoch, final RuntimeHost host) {
        this.roleName = roleName;
        this.index = index;
        this.core = core;
        this.host = host;
        this.sources = sources;
        this.inputs = inputs;
        this.instances = instances;
        this.coordinator = coordinator;
        this.coordinates = coordinates;
        final CallSampler sampler = new CallSampler();
        Arrays.stream(instances).forEach(instance -> instance.sampler(sampler));
        this.timed = Arrays.stream(instances).anyMatch(StageInstance::isTimed);
        this.epoch = firstEpoch - 1;
        this.appliedEpoch = epoch;
        this.committedEvents = markedEvents();
    }

    @Override
    public void onStart() {
        thread = Thread.currentThread().getId();
        Cores.pin(core);
    }

    @Override
    public int doWork() {
        CYCLES.setRelease(this, cycles + 1);
        final int requested = doRequests();
        unmarked |= requested > 0;
        int work = requested;
        if (coordinates || timed) {
            work += doTimedWork(host.nanoClock().nanoTime());
        }
        work += startEpoch();
        for (int i = 0; i < inputs.length; i++) {
            work += inputs[i].poll(POLL_LIMIT);
        }
        work += pollSources();
        for (int i = 0; i < instances.length; i++) {
            instances[i].outputs().flush();
        }
        tellNews();
        return work + endEpoch() + applyCommitted();
    }

    private int doRequests() {
        int done = 0;
        for (Runnable request = requests.poll(); request != null; request = requests.poll()) {
            request.run();
            done++;
        }
        return done;
    }

    private int doTimedWork(final long nowNs) {
        int fired = 0;
        for (int i = 0; i < instances.length && timed && passed; i++) {
            fired += instances[i].isTimed() ? instances[i].onTime(nowNs) : 0;
        }
        unmarked |= fired > 0;
        return coordinates ? fired + coordinator.doWork(nowNs) : fired;
    }

    /** Lets the coordinator know of a change only: the word is on a cache line that it polls. */
    private void tellNews() {
        boolean news = unmarked;
        for (int i = 0; i < sources.length && !news; i++) {
            news = sources[i].hasNews();
        }
        if (news != hadNews) {
            hadNews = news;
            coordinator.news(index, news);
        }
    }

    private int startEpoch() {
        final long requested = coordinator.requested();
        if (passed && requested > epoch) {
            noteCommitted(); // the one before, which is applied everywhere, or this one would not be requested
            epoch = requested;
            passed = false;
            injected = false;
        }
        if (passed || injected) {
            return 0;
        }
        injected = true;
        unmarked = false; // what happens from here on comes before a later marker, or is marked by this one too
        for (int i = 0; i < sources.length; i++) {
            sources[i].mark(epoch);
        }
        latencyDue = sources.length > 0;
        return 1;
    }

    private int pollSources() {
        int work = 0;
        if (passed && active) {
            for (int i = 0; i < sources.length; i++) {
                work += sources[i].poll(POLL_LIMIT);
                sources[i].outputs().flush();
            }
        }
        return work;
    }

    private int endEpoch() {
        if (passed || !allAligned()) {
            return 0;
        }
        for (int i = 0; i < inputs.length; i++) {
            inputs[i].nextEpoch();
        }
        passed = true;
        coordinator.passed(index, epoch);
        return coordinates ? coordinator.commitIfPassed() : 0;
    }

    private boolean allAligned() {
        for (int i = 0; i < inputs.length; i++) {
            if (!inputs[i].isAligned()) {
                return false;
            }
        }
        return true;
    }

    private int applyCommitted() {
        int work = 0;
        final long committed = coordinator.committed();
        if (committed > appliedEpoch) {
            for (int i = 0; i < instances.length; i++) {
                instances[i].applyCommitted(committed);
            }
            for (int i = 0; i < sources.length; i++) {
                sources[i].onCommitted();
            }
            appliedEpoch = committed;
            coordinator.applied(index, committed);
            work++;
        }
        if (latencyDue && committed == epoch && coordinator.applied() >= epoch) {
            noteCommitted();
            work++;
        }
        return work;
    }

    /** Notes that the results of the last marked epoch can be queried. */
    private void noteCommitted() {
        if (latencyDue) {
            latencyDue = false;
            final long nowNs = host.wallClock().nanoTime();
            for (int i = 0; i < sources.length; i++) {
                sources[i].recordLatency(latency, nowNs);
            }
            committedEvents = markedEvents();
        }
    }

    private long markedEvents() {
        long events = 0;
        for (int i = 0; i < sources.length; i++) {
            events += sources[i].markedEvents();
        }
        return events;
    }

    @Override
    public String roleName() {
        return roleName;
    }

    /** Lets its sources read, or not. */
    void active(final boolean value) {
        active = value;
    }

    /** Has something done by this thread between two events; returns at once. */
    void request(final Runnable action) {
        requests.add(action);
    }

    long cycles() {
        return cycles;
    }

    long committedEvents() {
        return committedEvents;
    }

    long threadId() {
        return thread;
    }

    void addLatency(final Histogram into) {
        latency.addTo(into);
    }

    LatencyRecorder latency() {
        return latency;
    }

    StageInstance[] instances() {
        return instances;
    }
}
