/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.TestEvent;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Runs a stage on one thread with states in memory; the test is its clock. Epochs end when the test says so. */
public final class StageHarness {
    private final KeyRouting routing = new KeyRouting(true, 0, 1);
    private final List<OffHeapPaneState> states = new ArrayList<>();
    private final Map<String, Recorded> outputs = new HashMap<>();
    private final Recorded out = new Recorded();
    private final Stage stage;

    /** Opens the stage. */
    public StageHarness(final Stage stage) {
        this.stage = stage;
        stage.open((StageContext) Proxy.newProxyInstance(StageHarness.class.getClassLoader(),
            new Class<?>[] {StageContext.class}, (proxy, method, arguments) -> switch (method.getName()) {
                case "paneState" -> state(new OffHeapPaneState("test", 0, (int) arguments[1], routing, null));
                case "paneListState" -> state(new OffHeapPaneState("test", 0, -1, routing, null));
                case "output" -> outputs.computeIfAbsent((String) arguments[0], name -> new Recorded());
                default -> throw new UnsupportedOperationException(method.getName());
            }));
    }

    private OffHeapPaneState state(final OffHeapPaneState state) {
        states.add(state);
        return state;
    }

    /** Hands the stage an event. */
    public void event(final EventView event) {
        routing.working(event.keyHash());
        stage.onEvent(event, out);
    }

    /** Moves event time. */
    public void watermark(final long watermarkNs) {
        stage.onWatermark(watermarkNs, out);
    }

    /** Ends an epoch: nothing counts as changed. */
    public void endEpoch() {
        states.forEach(OffHeapPaneState::endEpoch);
    }

    /** Entries in all states. */
    public long stateSize() {
        return states.stream().mapToLong(OffHeapPaneState::size).sum();
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
        states.forEach(OffHeapPaneState::close);
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
