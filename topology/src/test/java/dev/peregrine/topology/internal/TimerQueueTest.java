/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.topology.time.Timers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Against a sorted set of (time, kind, key). */
class TimerQueueTest {
    private record Set(long timeNs, int kind, String key, long hash) {
        private static final Comparator<Set> ORDER = Comparator.comparingLong(Set::timeNs).thenComparingInt(Set::kind)
            .thenComparing(Set::key);
    }

    private final KeyRouting routing = new KeyRouting(true, 0, 1);
    private final UnsafeBuffer key = new UnsafeBuffer(new byte[64]);

    private int put(final String text) {
        return key.putStringWithoutLengthAscii(5, text);
    }

    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void shouldFireEachTimerOnceInOrder(@ForAll final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final TimerQueue queue = new TimerQueue("test", true, routing, null);
        final TreeSet<Set> expected = new TreeSet<>(Set.ORDER);
        long now = 0;
        for (int step = 0; step < 3_000; step++) {
            final String text = "k".repeat(random.nextInt(3)) + random.nextInt(12);
            final Set timer = new Set(now + random.nextLong(40) * (random.nextBoolean() ? 1 : 1L << 30),
                random.nextInt(3), text, text.hashCode());
            final int what = random.nextInt(10);
            if (what < 7) {
                routing.working(timer.hash());
                queue.set(timer.kind(), timer.timeNs(), key, 5, put(text));
                expected.add(timer);
            } else if (what < 9) {
                assertThat(queue.cancel(timer.kind(), timer.timeNs(), key, 5, put(text)))
                    .isEqualTo(expected.remove(timer));
            } else {
                now += random.nextLong(20) * (random.nextBoolean() ? 1 : 1L << 30);
                while (queue.poll(now)) {
                    final Set fired = new Set(queue.timeNs(), queue.kind(), queue.keyBuffer()
                        .getStringWithoutLengthAscii(queue.keyOffset(), queue.keyLength()), queue.keyHash());
                    assertThat(fired).isEqualTo(expected.pollFirst());
                    assertThat(fired.timeNs()).isLessThanOrEqualTo(now);
                }
                assertThat(expected.isEmpty() || expected.first().timeNs() > now).isTrue();
            }
            assertThat(queue.size()).isEqualTo(expected.size());
        }
        queue.close();
    }

    @Test
    void shouldTakeTimersBackOnceEach() {
        final TimerQueue from = new TimerQueue("test", true, routing, null);
        final TimerQueue to = new TimerQueue("test", true, routing, null);
        for (int i = 0; i < 100; i++) {
            from.set(i % 3, 1_000_000L * (i % 7), key, 5, put("k" + i));
        }
        final PaneTable table = from.table();
        for (int round = 0; round < 2; round++) {
            for (int entry = table.first(); entry != PaneTable.MISSING; entry = table.next(entry)) {
                to.restore(table.buffer(), table.keyOffset(entry), table.keyLength(entry), 77);
            }
        }
        to.forget(table.buffer(), table.keyOffset(table.first()), table.keyLength(table.first()));
        assertThat(from.cancel(0, 0, key, 5, put("k0"))).isTrue();
        final List<Long> expected = new ArrayList<>();
        while (from.poll(Long.MAX_VALUE)) {
            expected.add(from.timeNs());
            assertThat(to.poll(Long.MAX_VALUE)).isTrue();
            assertThat(to.timeNs()).isEqualTo(from.timeNs());
            assertThat(to.keyHash()).isEqualTo(77);
        }
        assertThat(expected).hasSize(99).isSorted();
        assertThat(to.poll(Long.MAX_VALUE)).isFalse();
        from.close();
        to.close();
    }

    @Test
    void shouldRefuseKeyThatIsTooLong() {
        final TimerQueue queue = new TimerQueue("test", false, routing, null);
        final UnsafeBuffer longKey = new UnsafeBuffer(new byte[Timers.MAX_KEY_LENGTH + 1]);
        queue.set(1, 1, longKey, 0, Timers.MAX_KEY_LENGTH);
        assertThatThrownBy(() -> queue.set(1, 1, longKey, 0, Timers.MAX_KEY_LENGTH + 1))
            .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("the longest has");
        assertThat(queue.isEventTime()).isFalse();
        queue.close();
    }
}
