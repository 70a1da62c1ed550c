/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Against a sorted set: what is due comes out exactly, in order of time and then of reference. */
class TimingWheelTest {
    private record Entry(long timeNs, int ref) {
    }

    private final TimingWheel wheel = new TimingWheel(Integer::compare);

    private static long timeNear(final SplittableRandom random, final long now) {
        final long distance = random.nextLong() >>> 1 + random.nextInt(63);
        return switch (random.nextInt(8)) {
            case 0 -> now;
            case 1 -> now - Math.min(distance, now - Long.MIN_VALUE < 0 ? Long.MAX_VALUE : now - Long.MIN_VALUE);
            case 2 -> random.nextLong();
            default -> now > Long.MAX_VALUE - distance ? Long.MAX_VALUE : now + distance;
        };
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void shouldComeDueLikeSortedSet(@ForAll final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final TreeSet<Entry> expected =
            new TreeSet<>(Comparator.comparingLong(Entry::timeNs).thenComparingInt(Entry::ref));
        final Map<Integer, Integer> nodes = new HashMap<>();
        final Map<Integer, Entry> entries = new HashMap<>();
        long now = random.nextBoolean() ? random.nextLong() : 1_700_000_000_000_000_000L;
        for (int ref = 0; ref < 2_000; ref++) {
            final int what = random.nextInt(10);
            if (what < 6) {
                final Entry entry = new Entry(timeNear(random, now), ref);
                nodes.put(ref, wheel(entry));
                entries.put(ref, entry);
                expected.add(entry);
            } else if (what < 8 && !expected.isEmpty()) {
                final int victim = new ArrayList<>(entries.keySet()).get(random.nextInt(entries.size()));
                wheel.remove(nodes.remove(victim));
                expected.remove(entries.remove(victim));
            } else {
                now = Math.max(now, timeNear(random, now));
                int polled = wheel.poll(now);
                int budget = random.nextInt(50); // what is left over comes with the next call
                while (polled != TimingWheel.NIL) {
                    final Entry first = expected.pollFirst();
                    assertThat(polled).isEqualTo(first.ref());
                    assertThat(first.timeNs()).isLessThanOrEqualTo(now);
                    nodes.remove(polled);
                    entries.remove(polled);
                    if (budget-- == 0) {
                        break;
                    }
                    polled = wheel.poll(now);
                }
                if (polled == TimingWheel.NIL && !expected.isEmpty()) {
                    assertThat(expected.first().timeNs()).isGreaterThan(now);
                }
            }
            assertThat(wheel.size()).isEqualTo(expected.size());
        }
        final List<Integer> rest = new ArrayList<>();
        for (int ref = wheel.poll(Long.MAX_VALUE); ref != TimingWheel.NIL; ref = wheel.poll(Long.MAX_VALUE)) {
            rest.add(ref);
        }
        assertThat(rest).isEqualTo(expected.stream().map(Entry::ref).toList());
        wheel.clear();
    }

    private int wheel(final Entry entry) {
        return wheel.add(entry.timeNs(), entry.ref());
    }

    @Test
    void shouldRefuseToRemoveWhatHasFired() {
        final int node = wheel.add(5, 1);
        assertThat(wheel.poll(4)).isEqualTo(TimingWheel.NIL);
        assertThat(wheel.poll(5)).isEqualTo(1);
        assertThatThrownBy(() -> wheel.remove(node)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldFireWhatIsAddedWhileFiringInItsPlace() {
        wheel.add(10, 1);
        wheel.add(30, 3);
        assertThat(wheel.poll(40)).isEqualTo(1);
        wheel.add(20, 2);
        assertThat(wheel.poll(40)).isEqualTo(2);
        assertThat(wheel.poll(40)).isEqualTo(3);
        assertThat(wheel.poll(40)).isEqualTo(TimingWheel.NIL);
    }
}
