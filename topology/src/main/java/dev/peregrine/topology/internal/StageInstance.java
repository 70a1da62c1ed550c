/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.store.Cache;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.RunningTopology.CounterValue;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.TableOutput;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.state.KeyedValueState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;
import org.agrona.concurrent.status.CountersManager;

/**
 * One running instance of a stage or sink: its stage, its states, its outputs, and the alignment of its inputs' markers
 * and watermarks. Used by its thread; the counters may be read by others.
 */
final class StageInstance implements StageContext {
    private static final int COUNTERS = 64;

    private final Topology.Component component;
    private final int task;
    private final EngineServices services;
    private final long topologyId;
    private final Outputs outputs = new Outputs();
    private final StateLog stateLog;
    private final Map<String, OffHeapValueState> states = new LinkedHashMap<>();
    private final Map<String, EpochTableOutput> tables = new LinkedHashMap<>();
    private final Map<String, AtomicCounter> counters = new LinkedHashMap<>();
    private final CountersManager counterMemory = new CountersManager(
        aligned(COUNTERS * CountersManager.METADATA_LENGTH),
        aligned(COUNTERS * CountersManager.COUNTER_LENGTH));
    private final AtomicCounter received;
    private final Stage stage;
    private OffHeapValueState[] stateList = {};
    private EpochTableOutput[] tableList = {};
    private long[] watermarks = {};
    private int markersSeen;
    private LongPredicate writesWholeState = epoch -> false;

    StageInstance(
        final Topology.Component component, final int task, final EngineServices services, final long topologyId,
        final StateLog stateLog) {
        this.component = component;
        this.task = task;
        this.services = services;
        this.topologyId = topologyId;
        this.stateLog = stateLog;
        this.received = counter("received");
        this.stage = component.supplier().get();
    }

    private static UnsafeBuffer aligned(final int length) {
        return new UnsafeBuffer(BufferUtil.allocateDirectAligned(length, BitUtil.CACHE_LINE_LENGTH));
    }

    int addInput() {
        watermarks = Arrays.copyOf(watermarks, watermarks.length + 1);
        watermarks[watermarks.length - 1] = Long.MIN_VALUE;
        return watermarks.length - 1;
    }

    Outputs outputs() {
        return outputs;
    }

    void open() {
        stage.open(this);
        stateList = states.values().toArray(new OffHeapValueState[0]);
        tableList = tables.values().toArray(new EpochTableOutput[0]);
    }

    void onEvent(final EventView event) {
        received.incrementOrdered(); // one writer: a plain add and a release store
        stage.onEvent(event, outputs);
    }

    void onWatermark(final int input, final long eventTimeNs) {
        final long before = lowestWatermark();
        if (eventTimeNs > watermarks[input]) {
            watermarks[input] = eventTimeNs;
            final long now = lowestWatermark();
            if (now > before) {
                stage.onWatermark(now, outputs);
                outputs.watermark(now);
            }
        }
    }

    private long lowestWatermark() {
        long lowest = Long.MAX_VALUE;
        for (int i = 0; i < watermarks.length; i++) {
            lowest = Math.min(lowest, watermarks[i]);
        }
        return lowest;
    }

    /** A marker from one of the inputs; the last of them ends the epoch here and goes on downstream. */
    void onMarker(final long epoch) {
        markersSeen++;
        if (markersSeen < watermarks.length) {
            return;
        }
        markersSeen = 0;
        stage.onEpoch(epoch, outputs);
        final boolean wholeState = writesWholeState.test(epoch);
        for (int i = 0; i < stateList.length; i++) {
            stateLog.write(stateList[i], epoch, wholeState);
        }
        stateLog.nextEpoch(epoch + 1);
        for (int i = 0; i < tableList.length; i++) {
            tableList[i].writer().flush(epoch);
        }
        outputs.marker(epoch);
    }

    /** Tells in which epochs all state is written to the log, not only what changed. */
    void writesWholeState(final LongPredicate predicate) {
        writesWholeState = predicate;
    }

    int applyCommitted(final long epoch) {
        int applied = 0;
        for (int i = 0; i < tableList.length; i++) {
            applied += tableList[i].writer().applyCommitted(epoch);
        }
        return applied;
    }

    Map<String, OffHeapValueState> states() {
        return states;
    }

    long stateBytes() {
        long bytes = 0;
        for (int i = 0; i < stateList.length; i++) {
            bytes += stateList[i].bytes();
        }
        return bytes;
    }

    void appendCounters(final List<CounterValue> into) {
        counters.forEach((name, counter) -> into.add(new CounterValue(component.name(), task, name, counter.get())));
        into.add(new CounterValue(component.name(), task, "emitted", outputs.emitted()));
    }

    @Override
    public String component() {
        return component.name();
    }

    @Override
    public int task() {
        return task;
    }

    @Override
    public int parallelism() {
        return component.parallelism();
    }

    @Override
    public KeyedValueState valueState(
        final String name, final int maxKeyLengthBytes, final int valueLengthBytes) {
        final String fullName = component.name() + "/" + task + "/" + name;
        final OffHeapValueState state =
            new OffHeapValueState(fullName, KeyHash.of(fullName), maxKeyLengthBytes, valueLengthBytes);
        state.removalLog(stateLog);
        if (states.putIfAbsent(name, state) != null) {
            throw new IllegalStateException("state " + fullName + " is declared twice");
        }
        services.restore(fullName, state);
        return state;
    }

    @Override
    public TableOutput table(final String name) {
        return tables.computeIfAbsent(name,
            key -> new EpochTableOutput(services.tableWriter(key, topologyId), services::cache));
    }

    @Override
    public Cache cache(final String name) {
        return services.cache(name);
    }

    @Override
    public AtomicCounter counter(final String name) {
        return counters.computeIfAbsent(name, counterMemory::newCounter);
    }

    void close() {
        try {
            stage.close();
        } finally {
            final List<AutoCloseable> closing = new ArrayList<>();
            tables.values().forEach(table -> closing.add(table.writer()::close));
            states.values().forEach(state -> closing.add(state::close));
            closing.add(stateLog::close);
            org.agrona.CloseHelper.closeAll(closing);
        }
    }
}
