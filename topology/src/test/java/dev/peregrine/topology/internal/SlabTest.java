/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Blocks are long enough, not much longer, and never in each other's way. */
class SlabTest {
    @Property
    void shouldHaveClassForEachLength(@ForAll @IntRange(max = 2 << 20) final int length) {
        final int block = Slab.lengthOf(Slab.classOf(length));
        assertThat(block).isGreaterThanOrEqualTo(length).isLessThanOrEqualTo(Math.max(32, length + length / 8 + 8));
        assertThat(Slab.lengthOf(Slab.classOf(block))).isEqualTo(block);
        assertThat(Slab.classOf(length)).isBetween(0, 255); // it is kept in a byte
    }

    @Property(tries = 10)
    void shouldKeepBlocksApartAndUseFreedOnesAgain(@ForAll final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final Slab slab = new Slab("test");
        final Map<Integer, Integer> classes = new HashMap<>();
        final List<Integer> refs = new ArrayList<>();
        long used = 0;
        for (int step = 0; step < 20_000; step++) {
            if (refs.size() > 50 && random.nextInt(5) < 2) {
                final int ref = refs.remove(random.nextInt(refs.size()));
                final int sizeClass = classes.remove(ref);
                assertThat(slab.memory(ref).getInt(Slab.offset(ref))).isEqualTo(ref);
                assertThat(slab.memory(ref).getInt(Slab.offset(ref) + Slab.lengthOf(sizeClass) - 4)).isEqualTo(~ref);
                slab.free(ref, sizeClass);
                used -= Slab.lengthOf(sizeClass);
            } else {
                final int sizeClass =
                    Slab.classOf(random.nextInt(100) == 0 ? random.nextInt(1 << 17) : random.nextInt(300));
                final int ref = slab.allocate(sizeClass);
                assertThat(ref).isNotEqualTo(Slab.NULL);
                assertThat(classes.put(ref, sizeClass)).isNull();
                refs.add(ref);
                slab.memory(ref).putInt(Slab.offset(ref), ref);
                slab.memory(ref).putInt(Slab.offset(ref) + Slab.lengthOf(sizeClass) - 4, ~ref);
                used += Slab.lengthOf(sizeClass);
            }
            assertThat(slab.usedBytes()).isEqualTo(used);
        }
        assertThat(slab.bytes()).isGreaterThanOrEqualTo(used);
        final long bytes = slab.bytes();
        classes.forEach((ref, sizeClass) -> {
            slab.free(ref, sizeClass);
            slab.allocate(sizeClass);
        });
        assertThat(slab.bytes()).isEqualTo(bytes);
        slab.close();
    }
}
