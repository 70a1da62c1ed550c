/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.topology;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.peregrine.bench.rig.Payload;
import dev.peregrine.core.time.EngineClock;
import dev.peregrine.store.Cache;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.StreamOutput;
import dev.peregrine.topology.TableOutput;
import dev.peregrine.topology.TableReader;
import dev.peregrine.topology.internal.OffHeapBytesState;
import dev.peregrine.topology.internal.OffHeapPaneState;
import dev.peregrine.topology.internal.OffHeapTimers;
import dev.peregrine.topology.internal.OffHeapValueState;
import dev.peregrine.topology.state.KeyedBytesState;
import dev.peregrine.topology.state.KeyedCounter;
import dev.peregrine.topology.state.KeyedListState;
import dev.peregrine.topology.state.KeyedMapState;
import dev.peregrine.topology.state.KeyedValueState;
import dev.peregrine.topology.state.PaneState;
import dev.peregrine.topology.state.StateTtl;
import dev.peregrine.topology.time.Timer;
import dev.peregrine.topology.time.Timers;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.EpochNanoClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;
import org.agrona.concurrent.status.CountersManager;

/** Gives stages the engine's states and counters without an engine: nothing is logged. */
public final class MemoryStageContext implements StageContext {
    private static final int COUNTERS = 16;

    private final CountersManager counters = new CountersManager(
        zeroed(COUNTERS * CountersManager.METADATA_LENGTH), zeroed(COUNTERS * CountersManager.COUNTER_LENGTH));
    private final List<OffHeapValueState> states = new ArrayList<>();
    private final List<OffHeapBytesState> bytes = new ArrayList<>();
    private final List<OffHeapPaneState> panes = new ArrayList<>();
    private final OffHeapTimers timers = OffHeapTimers.inMemory();
    private long watermarkNs = Long.MIN_VALUE;

    private static UnsafeBuffer zeroed(final int length) {
        final UnsafeBuffer buffer = Payload.of(length);
        buffer.setMemory(0, length, (byte) 0);
        return buffer;
    }

    /** Starts the next epoch in all states. */
    public void endEpoch() {
        for (int i = 0; i < states.size(); i++) {
            states.get(i).clearChanged();
        }
        for (int i = 0; i < bytes.size(); i++) {
            bytes.get(i).clearChanged();
        }
        for (int i = 0; i < panes.size(); i++) {
            panes.get(i).endEpoch();
        }
        timers.endEpoch();
    }

    /** Moves event time: fires timers, then hands the watermark to the stage. */
    void watermark(final Stage stage, final long toNs, final Emitter out) {
        watermarkNs = toNs;
        for (Timer due = timers.pollEventTime(toNs); due != null; due = timers.pollEventTime(toNs)) {
            stage.onTimer(due, out);
        }
        stage.onWatermark(toNs, out);
    }

    @Override
    public String topology() {
        return "bench";
    }

    @Override
    public Emitter output(final String name) {
        throw new UnsupportedOperationException("no stage here has a named output");
    }

    @Override
    public StreamOutput stream(final String name) {
        throw new UnsupportedOperationException("no stage here writes a stream");
    }

    @Override
    public Config config() {
        return ConfigFactory.empty();
    }

    @Override
    public long watermarkNs() {
        return watermarkNs;
    }

    @Override
    public String component() {
        return "bench";
    }

    @Override
    public int task() {
        return 0;
    }

    @Override
    public int parallelism() {
        return 1;
    }

    @Override
    public KeyedValueState valueState(
        final String name, final int maxKeyLengthBytes, final int valueLengthBytes, final StateTtl ttl) {
        final OffHeapValueState state =
            new OffHeapValueState(name, states.size(), maxKeyLengthBytes, valueLengthBytes);
        states.add(state);
        return state;
    }

    @Override
    public KeyedCounter counterState(final String name, final StateTtl ttl) {
        throw new UnsupportedOperationException("no stage here has a counter");
    }

    @Override
    public KeyedBytesState bytesState(final String name, final StateTtl ttl) {
        final OffHeapBytesState state = new OffHeapBytesState(name, bytes.size());
        bytes.add(state);
        return state;
    }

    @Override
    public KeyedMapState mapState(final String name, final StateTtl ttl) {
        throw new UnsupportedOperationException("no stage here has a map");
    }

    @Override
    public KeyedListState listState(final String name, final StateTtl ttl) {
        throw new UnsupportedOperationException("no stage here has a list");
    }

    @Override
    public PaneState paneState(final String name, final int valueLengthBytes) {
        return pane(OffHeapPaneState.inMemory(name, valueLengthBytes));
    }

    @Override
    public PaneState paneListState(final String name) {
        return pane(OffHeapPaneState.inMemory(name, -1));
    }

    private PaneState pane(final OffHeapPaneState state) {
        panes.add(state);
        return state;
    }

    @Override
    public Timers timers() {
        return timers;
    }

    @Override
    public EpochNanoClock eventClock() {
        return EngineClock.INSTANCE;
    }

    @Override
    public EpochNanoClock processingClock() {
        return EngineClock.INSTANCE;
    }

    @Override
    public int input() {
        return 0;
    }

    @Override
    public TableReader tableReader(final String name) {
        throw new UnsupportedOperationException("no stage here reads a table");
    }

    @Override
    public TableOutput table(final String name) {
        throw new UnsupportedOperationException("no stage here writes a table");
    }

    @Override
    public Cache cache(final String name) {
        throw new UnsupportedOperationException("no stage here writes a cache");
    }

    @Override
    public AtomicCounter counter(final String name) {
        return counters.newCounter(name);
    }
}
