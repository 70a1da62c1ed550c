/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.topology.state.KeyedValueState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Against a HashMap: keyed state holds what was put, and tells exactly what has changed. */
class OffHeapValueStateTest {
    private static final int MAX_KEY = 24;

    private final UnsafeBuffer key = new UnsafeBuffer(new byte[MAX_KEY + 8]);

    private int put(final String text) {
        return key.putStringWithoutLengthAscii(3, text);
    }

    private static String keyOf(final int number) {
        return number % 3 == 0
            ? "" + number : ("key-" + number + "-xxxxxxxxxxxxxxxxxxxxxxxx").substring(0, 12 + number % 13);
    }

    private static Map<String, Long> collect(final OffHeapValueState state, final boolean onlyChanged) {
        final Map<String, Long> found = new HashMap<>();
        final KeyedValueState.EntryVisitor visitor = (buffer, keyOffset, keyLength, valueOffset) ->
            assertThat(found.put(buffer.getStringWithoutLengthAscii(keyOffset, keyLength),
                buffer.getLong(valueOffset))).isNull();
        if (onlyChanged) {
            state.forEachChanged(visitor);
        } else {
            state.forEach(visitor);
        }
        return found;
    }

    @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
    void shouldBehaveLikeMapAndTellExactlyWhatHasChanged(
        @ForAll final long seed, @ForAll @IntRange(min = 1, max = 4_000) final int keys,
        @ForAll @IntRange(max = 60) final int removals) {
        final SplittableRandom random = new SplittableRandom(seed);
        final OffHeapValueState state = new OffHeapValueState("test", 1, MAX_KEY, Long.BYTES);
        final Map<String, Long> expected = new HashMap<>();
        final Set<String> changed = new HashSet<>();
        for (int step = 0; step < 6_000; step++) {
            final String text = keyOf(random.nextInt(keys));
            final int length = put(text);
            final int what = random.nextInt(1_000);
            if (what < removals) {
                assertThat(state.remove(key, 3, length)).isEqualTo(expected.remove(text) != null);
                changed.remove(text);
            } else if (what < 300) {
                final int at = state.get(key, 3, length);
                assertThat(at == KeyedValueState.MISSING ? null : (Long) state.buffer().getLong(at))
                    .isEqualTo(expected.get(text));
            } else if (what < 303) {
                final Map<String, Long> changes = new HashMap<>(expected);
                changes.keySet().retainAll(changed);
                assertThat(collect(state, true)).isEqualTo(changes);
                state.clearChanged();
                changed.clear();
                assertThat(collect(state, true)).isEmpty();
            } else {
                final int at = state.getOrCreate(key, 3, length);
                assertThat(state.buffer().getLong(at)).isEqualTo(expected.getOrDefault(text, 0L));
                final long value = random.nextLong();
                state.buffer().putLong(at, value);
                expected.put(text, value);
                changed.add(text);
            }
            assertThat(state.size()).isEqualTo(expected.size());
        }
        assertThat(collect(state, false)).isEqualTo(expected);
        expected.keySet().retainAll(changed);
        assertThat(collect(state, true)).isEqualTo(expected);
        state.close();
    }

    @Test
    void shouldGrowWithNumbersAsKeys() {
        final OffHeapValueState state = new OffHeapValueState("test", 1, Long.BYTES, 12);
        for (long i = 0; i < 50_000; i++) {
            final int at = state.getOrCreate(i); // may replace the buffer
            state.buffer().putLong(at, ~i);
        }
        for (long i = 0; i < 50_000; i++) {
            key.putLong(0, i);
            assertThat(state.buffer().getLong(state.get(key, 0, Long.BYTES))).isEqualTo(~i);
            assertThat(state.get(i)).isEqualTo(state.get(key, 0, Long.BYTES));
        }
        assertThat(state.size()).isEqualTo(50_000);
        state.close();
    }

    @Test
    void shouldForgetRemovedValueWhenTheKeyComesBack() {
        final OffHeapValueState state = new OffHeapValueState("test", 1, MAX_KEY, Long.BYTES);
        state.buffer().putLong(state.getOrCreate(7), 42);
        state.clearChanged();
        key.putLong(0, 7);
        assertThat(state.remove(key, 0, Long.BYTES)).isTrue();
        assertThat(state.remove(key, 0, Long.BYTES)).isFalse();
        assertThat(state.get(key, 0, Long.BYTES)).isEqualTo(KeyedValueState.MISSING);
        assertThat(state.get(7)).isEqualTo(KeyedValueState.MISSING);
        assertThat(state.buffer().getLong(state.getOrCreate(7))).isZero();
        state.close();
    }

    @Test
    void shouldRefuseKeyThatIsTooLong() {
        final OffHeapValueState state = new OffHeapValueState("test", 1, MAX_KEY, Long.BYTES);
        assertThatThrownBy(() -> state.getOrCreate(key, 0, MAX_KEY + 1)).isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("at most " + MAX_KEY);
        assertThat(state.getOrCreate(key, 0, MAX_KEY)).isPositive();
        assertThat(state.getOrCreate(key, 0, 0)).isPositive(); // the empty key is a key
        assertThat(state.size()).isEqualTo(2);
        state.close();
    }
}
