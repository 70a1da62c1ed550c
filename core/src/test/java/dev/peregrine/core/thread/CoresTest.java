/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.thread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class CoresTest {
    private static <T> T onThreadOfItsOwn(final Supplier<T> work) throws Exception {
        return CompletableFuture.supplyAsync(work, task -> new Thread(task).start()).get(1, TimeUnit.MINUTES);
    }

    @Test
    void shouldPinTheCallingThreadOnly() throws Exception {
        final int[] before = Cores.allowed();
        assumeThat(before).as("cores that the system says").isNotEmpty();
        final int last = before[before.length - 1];
        assertThat(onThreadOfItsOwn(() -> Cores.pin(last) ? Cores.allowed() : null)).containsExactly(last);
        assertThat(Cores.allowed()).isEqualTo(before);
    }

    @Test
    void shouldRunUnpinnedOnACoreThatIsNotThere() throws Exception {
        assertThat(onThreadOfItsOwn(() -> Cores.pin(Short.MAX_VALUE))).isFalse();
        assertThat(onThreadOfItsOwn(() -> Cores.pin(Cores.ANY))).isFalse();
    }
}
