/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import com.typesafe.config.Config;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.store.Cache;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.FailurePolicy;
import dev.peregrine.topology.FigureNames;
import dev.peregrine.topology.Grouping;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.StreamOutput;
import dev.peregrine.topology.TableOutput;
import dev.peregrine.topology.TableReader;
import dev.peregrine.topology.TaskHook;
import dev.peregrine.topology.TaskHookSupplier;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.TwoPhaseStage;
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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.EpochNanoClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;
import org.agrona.concurrent.status.CountersManager;

/**
 * One running instance of a stage or sink: its stage, its states, its outputs, and the alignment of its inputs' markers
 * and watermarks. Used by its thread; the counters may be read by others.
 */
final class StageInstance implements StageContext {
    private static final int COUNTERS = 64;
    /** Memory of an instance's counters, bytes. */
    static final int COUNTER_BYTES =
        COUNTERS * (CountersManager.METADATA_LENGTH + CountersManager.COUNTER_LENGTH);
    private static final String TIMERS = "timers";

    private final Topology.Component component;
    private final int task;
    private final EngineServices services;
    private final long topologyId;
    private final String topology;
    private final Outputs outputs;
    private final Output out;
    private final StateLog stateLog;
    private final KeyRouting routing;
    private final Map<String, KeptState> states = new LinkedHashMap<>();
    private final Map<String, EpochTableOutput> tables = new LinkedHashMap<>();
    private final Map<String, InstanceStreamOutput> streams = new LinkedHashMap<>();
    private final Map<String, AtomicCounter> counters = new LinkedHashMap<>();
    private final CountersManager counterMemory = new CountersManager(
        aligned(COUNTERS * CountersManager.METADATA_LENGTH),
        aligned(COUNTERS * CountersManager.COUNTER_LENGTH));
    private final AtomicCounter received;
    private final Stage stage;
    private final TwoPhaseStage twoPhase;
    private final TaskHook[] hooks;
    private final StageFailures failures;
    private final StageFailures.Attempt attempt = this::attempt;
    private KeptState[] stateList = {};
    private EpochTableOutput[] tableList = {};
    private InstanceStreamOutput[] streamList = {};
    private long[] watermarks = {};
    private int[] declared = {};
    private int declaring;
    private int arriving;
    private int markersSeen;
    private long watermarkNs = Long.MIN_VALUE;
    private long nextTickNs;
    private long preparedEpoch = Long.MAX_VALUE;
    private Config config;
    private final EpochNanoClock eventClock = this::watermarkNs;
    private EpochStateWriter stateWriter;
    private OffHeapTimers timers;
    /** Null until they are asked for. */
    private TopologyFigures figures;
    private CallSampler sampler = new CallSampler();
    /** Both are written by the thread and read by others. */
    private volatile long timedNs;
    private volatile long timedEvents;

    StageInstance(
        final Topology topology, final Topology.Component component, final int task, final EngineServices services,
        final long topologyId, final StateLog stateLog) {
        this(topology, component, task, services, topologyId, stateLog,
            services == null ? MemoryBudget.UNLIMITED : services.memory());
    }

    StageInstance(
        final Topology topology, final Topology.Component component, final int task, final EngineServices services,
        final long topologyId, final StateLog stateLog, final MemoryBudget memory) {
        this.topology = topology.name();
        this.component = component;
        this.task = task;
        this.services = services;
        this.topologyId = topologyId;
        this.stateLog = stateLog;
        this.config = component.options().config();
        this.outputs = new Outputs(component.options().outputs());
        this.out = outputs.main();
        this.routing = new KeyRouting(
            component.inputs().stream().allMatch(input -> input.grouping() == Grouping.KEY), task,
            component.parallelism(), memory);
        this.received = counter(FigureNames.RECEIVED);
        counter(FigureNames.LATE);
        this.stage = component.supplier().get();
        this.twoPhase = stage instanceof TwoPhaseStage two ? two : null;
        this.hooks = component.options().hooks().stream().map(TaskHookSupplier::get).toArray(TaskHook[]::new);
        outputs.hooks(hooks);
        final FailurePolicy own = component.options().failures();
        this.failures = new StageFailures(topology.name(), component.name(), task,
            own == null ? topology.options().failures() : own, this::openDeadLetters,
            durationNs -> services.host().pause().accept(durationNs));
    }

    private static UnsafeBuffer aligned(final int length) {
        return new UnsafeBuffer(BufferUtil.allocateDirectAligned(length, BitUtil.CACHE_LINE_LENGTH));
    }

    /** Inputs that are added from now on belong to this one of the declared inputs. */
    void declaring(final int input) {
        declaring = input;
    }

    int addInput() {
        final int added = watermarks.length;
        watermarks = Arrays.copyOf(watermarks, added + 1);
        watermarks[added] = Long.MIN_VALUE;
        declared = Arrays.copyOf(declared, added + 1);
        declared[added] = declaring;
        return added;
    }

    /** Events that are handed over from now on come by this input. */
    void arriving(final int input) {
        arriving = input;
    }

    Outputs outputs() {
        return outputs;
    }

    MemoryBudget memory() {
        return routing.memory();
    }

    void open(final long committedEpoch, final SnapshotRounds rounds) {
        stage.open(this);
        if (twoPhase != null) {
            twoPhase.recover(committedEpoch);
        }
        for (final TaskHook hook : hooks) {
            hook.onOpen(this);
        }
        stateList = states.values().toArray(new KeptState[0]);
        stateWriter = new EpochStateWriter(stateList, stateLog, rounds);
        tableList = tables.values().toArray(new EpochTableOutput[0]);
        streamList = streams.values().toArray(new InstanceStreamOutput[0]);
    }

    void onEvent(final EventView event) {
        received.incrementOrdered(); // one writer: a plain add and a release store
        routing.working(event.keyHash());
        if (sampler.isDue()) {
            handleTimed(event);
        } else {
            handle(event);
        }
    }

    /** As {@link #handle}, and notes how long the stage itself took. */
    private void handleTimed(final EventView event) {
        final long waitedNs = outputs.waitedNs();
        final long outerNs = sampler.begin();
        final long startNs = System.nanoTime();
        try {
            handle(event);
        } finally {
            final long tookNs = System.nanoTime() - startNs;
            final long othersNs = sampler.end(outerNs, tookNs) + outputs.waitedNs() - waitedNs;
            timedNs = timedNs + Math.max(0, tookNs - othersNs); // one writer
            timedEvents = timedEvents + 1;
        }
    }

    private void handle(final EventView event) {
        try {
            if (hooks.length == 0) {
                stage.onEvent(event, out);
            } else {
                attemptWithHooks(event);
            }
        } catch (final RuntimeException e) {
            failed(event, e);
        }
    }

    private void failed(final EventView event, final RuntimeException cause) {
        if (StageFailures.isFatal(cause)) {
            throw cause;
        }
        abortClaims();
        failures.handle(event, cause, attempt);
    }

    /** A further attempt at an event at which the stage threw. */
    private void attempt(final EventView event) {
        try {
            attemptWithHooks(event);
        } catch (final RuntimeException e) {
            abortClaims();
            throw e;
        }
    }

    private void attemptWithHooks(final EventView event) {
        for (int i = 0; i < hooks.length; i++) {
            hooks[i].beforeEvent(event);
        }
        try {
            stage.onEvent(event, out);
        } catch (final RuntimeException e) {
            for (int i = 0; i < hooks.length && !StageFailures.isFatal(e); i++) {
                hooks[i].onError(event, e);
            }
            throw e;
        }
        for (int i = 0; i < hooks.length; i++) {
            hooks[i].afterEvent(event);
        }
    }

    private void abortClaims() {
        outputs.abort();
        for (int i = 0; i < streamList.length; i++) {
            streamList[i].abort();
        }
    }

    private InstanceStreamOutput openDeadLetters() {
        final InstanceStreamOutput output = services.deadLetters(component.name(), task);
        streamList = Arrays.copyOf(streamList, streamList.length + 1);
        streamList[streamList.length - 1] = output;
        return output;
    }

    void onWatermark(final int input, final long eventTimeNs) {
        if (eventTimeNs > watermarks[input]) {
            watermarks[input] = eventTimeNs;
            final long now = lowestWatermark();
            if (now > watermarkNs) {
                watermarkNs = now;
                if (timers != null) {
                    fireEventTimers();
                }
                stage.onWatermark(now, out);
                outputs.watermark(now);
            }
        }
    }

    private void fireEventTimers() {
        for (Timer due = timers.pollEventTime(watermarkNs); due != null; due = timers.pollEventTime(watermarkNs)) {
            routing.working(due.keyHash());
            stage.onTimer(due, out);
        }
    }

    private int fireProcessingTimers() {
        final long nowNs = services.host().wallClock().nanoTime();
        int fired = 0;
        for (Timer due = timers.pollProcessingTime(nowNs); due != null; due = timers.pollProcessingTime(nowNs)) {
            routing.working(due.keyHash());
            stage.onTimer(due, out);
            fired++;
        }
        return fired;
    }

    private long lowestWatermark() {
        long lowest = Long.MAX_VALUE;
        for (int i = 0; i < watermarks.length; i++) {
            lowest = Math.min(lowest, watermarks[i]);
        }
        return lowest;
    }

    /** Whether {@link #onTime} has anything to do. */
    boolean isTimed() {
        return component.options().tickNs() > 0 || timers != null;
    }

    /** Lets time-driven work happen; called between events. */
    int onTime(final long nowNs) {
        final int fired = timers == null || timers.processingTimeSize() == 0 ? 0 : fireProcessingTimers();
        if (component.options().tickNs() == 0 || nowNs - nextTickNs < 0) {
            return fired;
        }
        nextTickNs = nowNs + component.options().tickNs();
        stage.onTick(out);
        return fired + 1;
    }

    /** Changes the component's settings; on the instance's thread. */
    void configure(final Config value) {
        config = value;
        stage.onConfig(value);
    }

    /** A marker from one of the inputs; the last of them ends the epoch here and goes on downstream. */
    void onMarker(final long epoch) {
        markersSeen++;
        if (markersSeen < watermarks.length) {
            return;
        }
        markersSeen = 0;
        stage.onEpoch(epoch, out);
        stateWriter.endEpoch(epoch);
        for (int i = 0; i < tableList.length; i++) {
            tableList[i].writer().flush(epoch);
        }
        for (int i = 0; i < streamList.length; i++) {
            streamList[i].endEpoch(epoch);
        }
        if (twoPhase != null) {
            twoPhase.prepare(epoch);
            preparedEpoch = epoch;
        }
        outputs.marker(epoch);
    }

    int applyCommitted(final long epoch) {
        int applied = 0;
        for (int i = 0; i < tableList.length; i++) {
            applied += tableList[i].writer().applyCommitted(epoch);
        }
        for (int i = 0; i < streamList.length; i++) {
            applied += streamList[i].applyCommitted(epoch);
        }
        if (preparedEpoch <= epoch) {
            twoPhase.commit(preparedEpoch);
            preparedEpoch = Long.MAX_VALUE;
            applied++;
        }
        return applied;
    }

    Map<String, KeptState> states() {
        return states;
    }

    long stateBytes() {
        long bytes = 0;
        for (int i = 0; i < stateList.length; i++) {
            bytes += stateList[i].bytes();
        }
        return bytes;
    }

    /** Names its figures, and from then on each counter that the stage makes. */
    void addFigures(final TopologyFigures value) {
        figures = value;
        counters.forEach(this::addFigure);
        addFigure(FigureNames.EMITTED, outputs::emitted);
        addFigure(FigureNames.FAILED, failures::failed);
        addFigure(FigureNames.RETRIED, failures::retried);
        addFigure(FigureNames.DEAD_LETTERED, failures::deadLettered);
        addFigure(FigureNames.TIMED_NS, () -> timedNs);
        addFigure(FigureNames.TIMED_EVENTS, () -> timedEvents);
        addFigure(FigureNames.WAITED_NS, outputs::waitedNs);
        addFigure(FigureNames.WATERMARK_LAG_MS, () -> WatermarkLag.ms(watermarkNs));
        addFigure(FigureNames.STATE_BYTES, this::stateBytes);
    }

    private void addFigure(final String name, final LongSupplier value) {
        figures.add(component.name(), task, name, value);
    }

    private void addFigure(final String name, final AtomicCounter counter) {
        addFigure(name, counter::get);
    }

    /** What its thread times calls by. */
    void sampler(final CallSampler value) {
        sampler = value;
    }

    /** Nanoseconds that the stage itself has worked on events, as far as the timed ones tell. */
    long workedNs() {
        final long events = timedEvents;
        return events == 0 ? 0 : (long) ((double) timedNs / events * received.get());
    }

    Stage stage() {
        return stage;
    }

    @Override
    public String topology() {
        return topology;
    }

    @Override
    public Emitter output(final String name) {
        return outputs.named(component.name(), name);
    }

    @Override
    public StreamOutput stream(final String name) {
        return streams.computeIfAbsent(name, key -> services.streamOutput(key, component.name(), task));
    }

    @Override
    public Config config() {
        return config;
    }

    @Override
    public long watermarkNs() {
        return watermarkNs;
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
        final String name, final int maxKeyLengthBytes, final int valueLengthBytes, final StateTtl ttl) {
        return keep(name, new OffHeapValueState(
            fullName(name), stateId(name), maxKeyLengthBytes, valueLengthBytes, routing, ttl));
    }

    @Override
    public KeyedCounter counterState(final String name, final StateTtl ttl) {
        return keep(name, new OffHeapCounter(fullName(name), stateId(name), routing, ttl));
    }

    @Override
    public KeyedBytesState bytesState(final String name, final StateTtl ttl) {
        return keep(name, new OffHeapBytesState(fullName(name), stateId(name), routing, ttl));
    }

    @Override
    public KeyedMapState mapState(final String name, final StateTtl ttl) {
        return keep(name, new OffHeapMapState(fullName(name), stateId(name), routing, ttl));
    }

    @Override
    public KeyedListState listState(final String name, final StateTtl ttl) {
        return keep(name, new OffHeapListState(fullName(name), stateId(name), routing, ttl));
    }

    @Override
    public PaneState paneState(final String name, final int valueLengthBytes) {
        if (valueLengthBytes < 0) {
            throw new IllegalArgumentException("values of " + valueLengthBytes + " bytes in state " + fullName(name));
        }
        return restored(name,
            new OffHeapPaneState(fullName(name), stateId(name), valueLengthBytes, routing, stateLog));
    }

    @Override
    public PaneState paneListState(final String name) {
        return restored(name, new OffHeapPaneState(fullName(name), stateId(name), -1, routing, stateLog));
    }

    @Override
    public Timers timers() {
        if (timers == null) {
            timers = restored(TIMERS, new OffHeapTimers(fullName(TIMERS), stateId(TIMERS), routing, stateLog));
        }
        return timers;
    }

    private String fullName(final String name) {
        return component.name() + "/" + task + "/" + name;
    }

    /** The same in all instances, so that entries can change hands between them. */
    private long stateId(final String name) {
        return KeyHash.of(component.name() + "/" + name);
    }

    private <S extends OffHeapState> S keep(final String name, final S state) {
        state.removalLog(stateLog);
        return restored(name, state);
    }

    private <S extends KeptState> S restored(final String name, final S state) {
        if (states.putIfAbsent(name, state) != null) {
            state.close();
            throw new IllegalStateException("state " + fullName(name) + " is declared twice");
        }
        services.restore(state, routing);
        return state;
    }

    @Override
    public EpochNanoClock eventClock() {
        return eventClock;
    }

    @Override
    public EpochNanoClock processingClock() {
        return services.host().wallClock();
    }

    @Override
    public TableOutput table(final String name) {
        return tables.computeIfAbsent(name,
            key -> new EpochTableOutput(services.tableWriter(key, topologyId), services::cache));
    }

    @Override
    public int input() {
        return declared[arriving];
    }

    @Override
    public TableReader tableReader(final String name) {
        return services.table(name)::getRow;
    }

    @Override
    public Cache cache(final String name) {
        return services.cache(name);
    }

    @Override
    public AtomicCounter counter(final String name) {
        final AtomicCounter present = counters.get(name);
        if (present != null) {
            return present;
        }
        final AtomicCounter counter = counterMemory.newCounter(name);
        counters.put(name, counter);
        if (figures != null) {
            addFigure(name, counter);
        }
        return counter;
    }

    void close() {
        try {
            for (final TaskHook hook : hooks) {
                hook.onClose();
            }
            stage.close();
        } finally {
            final List<AutoCloseable> closing = new ArrayList<>(Arrays.asList(streamList));
            tables.values().forEach(table -> closing.add(table.writer()::close));
            states.values().forEach(state -> closing.add(state::close));
            closing.add(stateLog::close);
            org.agrona.CloseHelper.closeAll(closing);
        }
    }
}
