/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.testing;

import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.TwoPhaseStage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Writes into a system outside, which outlives the simulated process, by two-phase commit. */
final class OutsideSink implements TwoPhaseStage {
    /** The systems outside, by the number of the node. */
    static final Map<Integer, Outside> SYSTEMS = new ConcurrentHashMap<>();

    private final Outside outside;
    private int task;
    private List<Item> gathered = new ArrayList<>();

    OutsideSink(final RandomTopology.Node node) {
        this.outside = SYSTEMS.computeIfAbsent(node.number(), key -> new Outside());
    }

    @Override
    public void open(final StageContext context) {
        task = context.task();
    }

    @Override
    public void onEvent(final EventView event, final Emitter out) {
        RandomStages.mayDie();
        gathered.add(Item.read(event.buffer(), event.offset()));
    }

    @Override
    public void prepare(final long epoch) {
        RandomStages.mayDie();
        outside.prepared.put(epoch + "/" + task, gathered);
        gathered = new ArrayList<>();
        RandomStages.mayDie();
    }

    @Override
    public void commit(final long epoch) {
        RandomStages.mayDie();
        outside.commit(epoch, task);
        RandomStages.mayDie();
    }

    @Override
    public void recover(final long committedEpoch) {
        outside.recover(committedEpoch);
    }

    /** What a system outside holds. */
    static final class Outside {
        final List<Item> counting = new ArrayList<>();
        final Map<String, List<Item>> prepared = new ConcurrentHashMap<>();

        synchronized void commit(final long epoch, final int task) {
            final List<Item> items = prepared.remove(epoch + "/" + task);
            if (items != null) {
                counting.addAll(items);
            }
        }

        synchronized void recover(final long committedEpoch) {
            for (final String name : List.copyOf(prepared.keySet())) {
                final List<Item> items = prepared.remove(name);
                if (Long.parseLong(name.substring(0, name.indexOf('/'))) <= committedEpoch) {
                    counting.addAll(items);
                }
            }
        }
    }
}
