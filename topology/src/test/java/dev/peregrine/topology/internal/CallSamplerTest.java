/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CallSamplerTest {
    private final CallSampler sampler = new CallSampler();

    private int callsUntilDue() {
        int calls = 1;
        while (!sampler.isDue()) {
            calls++;
        }
        return calls;
    }

    private void timed(final long tookNs) {
        assertThat(sampler.end(sampler.begin(), tookNs)).isZero();
    }

    @Test
    void shouldTimeTheFirstCallThenFewShortAndAllLongOnes() {
        assertThat(callsUntilDue()).isEqualTo(1);
        timed(20);
        assertThat(callsUntilDue()).isEqualTo(1022);
        timed(1_000);
        assertThat(callsUntilDue()).isEqualTo(66);
        timed(1_000_000);
        assertThat(callsUntilDue()).isEqualTo(1);
    }

    @Test
    void shouldTakeCallsWithinACallOff() {
        assertThat(sampler.isDue()).isTrue();
        final long first = sampler.begin();
        assertThat(sampler.isDue()).isTrue(); // a call within one that is timed
        final long second = sampler.begin();
        final long third = sampler.begin();
        assertThat(sampler.end(third, 100)).isZero();
        final long fourth = sampler.begin();
        assertThat(sampler.end(fourth, 50)).isZero();
        assertThat(sampler.end(second, 400)).isEqualTo(150);
        assertThat(sampler.end(first, 1_000)).isEqualTo(400);
        assertThat(sampler.isDue()).isFalse();
    }
}
