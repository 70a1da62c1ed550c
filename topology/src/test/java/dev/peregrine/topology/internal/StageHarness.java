/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.TableReader;
import dev.peregrine.topology.TestEvent;
import dev.peregrine.topology.state.StateTtl;
import dev.peregrine.topology.time.Timer;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.EpochNanoClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersManager;

/** Runs a stage on one thread with states in memory; the test is both of its clocks. Epochs end when the test says so. */
public final class StageHarness {
    private final KeyRouting routing = new KeyRouting(true, 0, 1);
    private final List<KeptState> states = new ArrayList<>();
    private final Map<String, Recorded> outputs = new HashMap<>();
    private final Recorded out = new Recorded();
    private final OffHeapTimers timers = new OffHeapTimers("test", 0, routing, null);
    private final CountersManager counters = new CountersManager(
        new UnsafeBuffer(BufferUtil.allocateDirectAligned(1 << 16, BitUtil.CACHE_LINE_LENGTH)),
        new UnsafeBuffer(BufferUtil.allocateDirectAligned(1 << 14, BitUtil.CACHE_LINE_LENGTH)));
    private final Stage stage;
    private long watermarkNs = Long.MIN_VALUE;
    private long nowNs;
    private int input;

    /** Opens the stage. */
    public StageHarness(final Stage stage) {
        this(stage, name -> {
            throw new UnsupportedOperationException("table " + name);
        });
    }

    /** Opens the stage with tables to read. */
    public StageHarness(final Stage stage, final Function<String, TableReader> tables) {
        this.stage = stage;
        stage.open((StageContext) Proxy.newProxyInstance(StageHarness.class.getClassLoader(),
            new Class<?>[] {StageContext.class}, (proxy, method, arguments) -> switch (method.getName()) {
                case "paneState" -> state(new OffHeapPaneState("test", 0, (int) arguments[1], routing, null));
                case "paneListState" -> state(new OffHeapPaneState("test", 0, -1, routing, null));
                case "valueState" -> state(new OffHeapValueState("test", 0, (int) arguments[1], (int) arguments[2], routing,
                    StateTtl.NEVER));
                case "bytesState" -> state(new OffHeapBytesState("test", 0, routing, (StateTtl) arguments[1]));
                case "input" -> input;
                case "tableReader" -> tables.apply((String) arguments[0]);
                case "timers" -> timers;
                case "watermarkNs" -> watermarkNs;
                case "processingClock" -> (EpochNanoClock) () -> nowNs;
                case "counter" -> counters.newCounter((String) arguments[0]);
                case "output" -> outputs.computeIfAbsent((String) arguments[0], name -> new Recorded());
                default -> throw new UnsupportedOperationException(method.getName());
            }));
    }

    private <S extends KeptState> S state(final S state) {
        states.add(state);
        return state;
    }

    /** Hands the stage an event by one of its inputs. */
    public void event(final int byInput, final EventView event) {
        input = byInput;
        event(event);
    }

    /** Hands the stage an event. */
    public void event(final EventView event) {
        routing.working(event.keyHash());
        stage.onEvent(event, out);
    }

    /** Moves event time. */
    public void watermark(final long toNs) {
        if (toNs > watermarkNs) {
            watermarkNs = toNs;
            for (Timer due = timers.pollEventTime(toNs); due != null; due = timers.pollEventTime(toNs)) {
                routing.working(due.keyHash());
                stage.onTimer(due, out);
            }
            stage.onWatermark(toNs, out);
        }
    }

    /** Moves processing time. */
    public void processingTime(final long toNs) {
        nowNs = toNs;
        for (Timer due = timers.pollProcessingTime(toNs); due != null; due = timers.pollProcessingTime(toNs)) {
            routing.working(due.keyHash());
            stage.onTimer(due, out);
        }
    }

    /** Ends an epoch: nothing counts as changed. */
    public void endEpoch() {
        states.forEach(KeptState::endEpoch);
        timers.endEpoch();
    }

    /** Entries in all panes, and timers. */
    public long stateSize() {
        return states.stream().filter(OffHeapPaneState.class::isInstance)
            .mapToLong(state -> ((OffHeapPaneState) state).size()).sum() + timers.size();
    }

    /** What was emitted since the last call. */
    public List<TestEvent> takeOutput() {
        return out.take();
    }

    /** What was emitted to a named output since the last call. */
    public List<TestEvent> takeOutput(final String name) {
        return outputs.computeIfAbsent(name, any -> new Recorded()).take();
    }

    /** Frees the states. */
    public void close() {
        stage.close();
        states.forEach(KeptState::close);
        timers.close();
    }

    private static final class Recorded implements Emitter {
        private final UnsafeBuffer scratch = new UnsafeBuffer(new byte[1 << 16]);
        private List<TestEvent> events = new ArrayList<>();
        private int length;

        private List<TestEvent> take() {
            final List<TestEvent> taken = events;
            events = new ArrayList<>();
            return taken;
        }

        @Override
        public int claim(final int lengthBytes) {
            length = lengthBytes;
            return 0;
        }

        @Override
        public MutableDirectBuffer buffer() {
            return scratch;
        }

        @Override
        public void commit(final long keyHash, final long timestampNs, final int schemaId, final int templateId) {
            final byte[] payload = new byte[length];
            scratch.getBytes(0, payload);
            events.add(new TestEvent(payload, keyHash, timestampNs, templateId));
        }

        @Override
        public void abort() {
            length = 0;
        }

        @Override
        public void forward(final EventView event, final long keyHash) {
            final byte[] payload = new byte[event.length()];
            event.buffer().getBytes(event.offset(), payload);
            events.add(new TestEvent(payload, keyHash, event.timestampNs(), event.templateId()));
        }

        @Override
        public Emitter toTask(final int task) {
            throw new UnsupportedOperationException("no stage here picks its receiver");
        }

        @Override
        public void watermark(final long eventTimeNs) {
            throw new UnsupportedOperationException("no stage here makes watermarks");
        }
    }
}
