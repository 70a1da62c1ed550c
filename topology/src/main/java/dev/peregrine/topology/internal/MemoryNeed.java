/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a topology needs of memory outside the heap, bytes, as far as it is known before it runs. Snapshots need none:
 * states are written in slices into the topology's log.
 *
 * @param rings rings between threads, their number and the bytes of all.
 * @param ringBytes bytes of all rings.
 * @param instanceBytes what instances have for themselves: outputs and counters.
 * @param states what each component's states take.
 */
record MemoryNeed(int rings, long ringBytes, long instanceBytes, List<StateNeed> states) {
    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;

    /**
     * State of a component, of all instances together.
     *
     * @param bytes as its builder gives or an earlier run has measured.
     * @param given whether the builder gives it.
     */
    record StateNeed(String component, long bytes, boolean given) {
    }

    static MemoryNeed of(final Topology topology, final int rings, final MeasuredCosts earlier) {
        long instances = 0;
        final List<StateNeed> states = new ArrayList<>();
        for (final Topology.Component component : topology.components()) {
            final long outputs = (long) (1 + component.options().outputs().size()) * Output.INITIAL_LENGTH;
            final long counters = component.isSource() ? 0 : StageInstance.COUNTER_BYTES;
            instances += component.parallelism() * (outputs + counters);
            final long given = component.options().stateBytes();
            final Costs.Measured measured = earlier.components().get(component.name());
            if (given > 0) {
                states.add(new StateNeed(component.name(), given, true));
            } else if (measured != null && measured.stateBytes() > 0) {
                states.add(new StateNeed(component.name(), (long) measured.stateBytes(), false));
            }
        }
        return new MemoryNeed(rings, rings * RingEdge.bytes(RingEdge.SLOTS, RingEdge.SLOT_LENGTH), instances, states);
    }

    /** Without what is only measured: the next run may have less state. */
    long certain() {
        return ringBytes + instanceBytes
            + states.stream().filter(StateNeed::given).mapToLong(StateNeed::bytes).sum();
    }

    long total() {
        return ringBytes + instanceBytes + states.stream().mapToLong(StateNeed::bytes).sum();
    }

    /** All of it as text. */
    String describe() {
        final StringBuilder text = new StringBuilder();
        text.append(rings == 0 ? "no rings" : (rings == 1 ? "1 ring " : rings + " rings ") + text(ringBytes))
            .append(", instances ").append(text(instanceBytes)).append(", states ");
        if (states.isEmpty()) {
            text.append("unknown (give stateBytes, or run it once)");
        }
        for (int i = 0; i < states.size(); i++) {
            final StateNeed state = states.get(i);
            text.append(i == 0 ? "" : " + ").append(text(state.bytes())).append(" of ").append(state.component())
                .append(state.given() ? " (given)" : " (measured)");
        }
        return text.toString();
    }

    static String text(final long bytes) {
        return bytes < MIB ? String.format(Locale.ROOT, "%,d KiB", (bytes + KIB - 1) / KIB)
            : String.format(Locale.ROOT, "%,.1f MiB", (double) bytes / MIB);
    }
}
