/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.core.thread.Cores;
import org.junit.jupiter.api.Test;

class CorePoolTest {
    @Test
    void shouldGiveEachCoreOnceFromTheLastDownAndLeaveTheFirst() {
        final CorePool pool = CorePool.leavingTheFirst(new int[] {0, 1, 4, 6});
        final int[] two = pool.take(2);
        assertThat(two).containsExactly(6, 4);
        assertThat(pool.take(2)).containsOnly(Cores.ANY);
        assertThat(pool.take(1)).containsExactly(1);
        pool.giveBack(two);
        assertThat(pool.take(2)).containsExactly(6, 4);
    }

    @Test
    void shouldPinNothingWhereThereIsOneCoreOrNoneIsWanted() {
        assertThat(CorePool.leavingTheFirst(new int[] {3}).take(1)).containsExactly(Cores.ANY);
        assertThat(CorePool.leavingTheFirst(new int[0]).take(1)).containsExactly(Cores.ANY);
        assertThat(CorePool.none().take(2)).containsOnly(Cores.ANY);
    }
}
