/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.eventbus.KeyHash;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Each entry belongs to one instance: the one to which its events go. */
class KeyRoutingTest {
    @Property
    void shouldOwnWhatIsRoutedThere(@ForAll @IntRange(min = 1, max = 500) final int parallelism, @ForAll final long hash) {
        int owners = 0;
        for (int task = 0; task < parallelism; task++) {
            final KeyRouting byKey = new KeyRouting(true, task, parallelism);
            assertThat(byKey.owns(byKey.hash())).as("what is made before any event").isTrue();
            byKey.working(hash);
            assertThat(byKey.owns(byKey.hash())).isEqualTo(KeyHash.bucket(hash, parallelism) == task);
            owners += byKey.owns(hash) ? 1 : 0;
            final KeyRouting other = new KeyRouting(false, task, parallelism);
            other.working(hash);
            assertThat(other.owns(other.hash())).isTrue();
        }
        assertThat(owners).isEqualTo(1);
    }
}
