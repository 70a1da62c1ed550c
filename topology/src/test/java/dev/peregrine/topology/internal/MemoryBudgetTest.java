/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.MemoryBudgetException;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.TopologyBuilder;
import dev.peregrine.topology.state.StateTtl;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
    private static final int MIB = 1 << 20;

    private final MemoryBudget budget = new MemoryBudget("t", 4 * MIB);
    private final KeyRouting routing = new KeyRouting(true, 0, 1, budget);

    @Test
    void shouldRefuseBeforeTheStartAndNameWhatNeedsHowMuch() {
        final TopologyBuilder builder = TopologyBuilder.named("t").threads(2).source("in", "in")
            .sink("count", () -> (Stage) (event, out) -> { }).key("in").stateBytes(4 * MIB);
        assertThatThrownBy(() -> budget.begin(Plan.of(builder.build(), 2).memory()))
            .isInstanceOf(MemoryBudgetException.class)
            .hasMessageContaining("topology t needs 4.8 MiB of memory, but memoryBudgetBytes (memory-budget) is 4.0 MiB")
            .hasMessageContaining("1 ring 768 KiB").hasMessageContaining("4.0 MiB of count (given)")
            .hasMessageContaining("raise it, or set threads = 1");
        assertThat(budget.used()).isZero();
        new MemoryBudget("t", 5 * MIB).begin(Plan.of(builder.build(), 2).memory());
        new MemoryBudget("t", 0).begin(Plan.of(builder.build(), 2).memory());
    }

    private void fill(final KeptState state, final Adding adding) {
        final long[] key = {0};
        assertThatThrownBy(() -> {
            while (key[0] < 10 * MIB) {
                adding.add(key[0]++);
            }
        }).isInstanceOf(MemoryBudgetException.class).hasMessageContaining("state s needs").hasMessageContaining("in use");
        assertThat(budget.used()).isBetween(2L * MIB, 4L * MIB);
        assertThat(state.bytes()).isLessThanOrEqualTo(budget.used());
        assertThat(key[0]).isGreaterThan(1_000); // it took what it may have
        state.close();
    }

    /** Adds an entry to a state. */
    @FunctionalInterface
    private interface Adding {
        void add(long key);
    }

    @Test
    void shouldHoldKeyedValues() {
        final OffHeapValueState state = new OffHeapValueState("s", 1, 8, 8, routing, StateTtl.NEVER);
        fill(state, state::getOrCreate);
    }

    @Test
    void shouldHoldLists() {
        final OffHeapListState state = new OffHeapListState("s", 1, routing, StateTtl.NEVER);
        final UnsafeBuffer bytes = new UnsafeBuffer(new byte[100]);
        fill(state, key -> {
            bytes.putLong(0, key);
            state.append(bytes, 0, 8, bytes, 0, 100);
        });
    }

    @Test
    void shouldHoldPanes() {
        final OffHeapPaneState state = new OffHeapPaneState("s", 1, 8, routing, null);
        final UnsafeBuffer bytes = new UnsafeBuffer(new byte[8]);
        fill(state, key -> {
            bytes.putLong(0, key);
            state.getOrCreate(key >> 10).create(bytes, 0, 8);
        });
    }

    @Test
    void shouldHoldTimers() {
        final OffHeapTimers timers = new OffHeapTimers("s", 1, routing, null);
        final UnsafeBuffer bytes = new UnsafeBuffer(new byte[8]);
        fill(timers, key -> {
            bytes.putLong(0, key);
            timers.atEventTime(1, key, bytes, 0, 8);
        });
    }
}
