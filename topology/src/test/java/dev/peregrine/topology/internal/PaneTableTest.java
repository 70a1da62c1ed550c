/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.topology.state.Pane;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Against maps of lists: a pane holds what was put, tells what has changed, and is walked completely. */
class PaneTableTest {
    private static final int MAX_KEY = 40;

    private final UnsafeBuffer key = new UnsafeBuffer(new byte[MAX_KEY + 8]);
    private final KeyRouting routing = new KeyRouting(true, 0, 1);

    private int put(final String text) {
        return key.putStringWithoutLengthAscii(3, text);
    }

    private static String keyOf(final int number) {
        return number % 3 == 0
            ? "" + number : ("key-" + number + "-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx").substring(0, 12 + number % 24);
    }

    private String keyAt(final PaneTable table, final int entry) {
        return table.buffer().getStringWithoutLengthAscii(table.keyOffset(entry), table.keyLength(entry));
    }

    private Map<String, Long> walk(final PaneTable table) {
        final Map<String, Long> found = new HashMap<>();
        for (int entry = table.first(); entry != Pane.MISSING; entry = table.next(entry)) {
            assertThat(found.put(keyAt(table, entry), table.buffer().getLong(entry))).isNull();
            assertThat(table.keyHash(entry)).isEqualTo(keyAt(table, entry).hashCode());
        }
        return found;
    }

    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void shouldBehaveLikeMapAndTellWhatHasChanged(
        @ForAll final long seed, @ForAll @IntRange(min = 1, max = 3_000) final int keys,
        @ForAll @IntRange(max = 300) final int removals) {
        final SplittableRandom random = new SplittableRandom(seed);
        final PaneTable table = new PaneTable("test", Long.BYTES, routing);
        final Map<String, Long> expected = new HashMap<>();
        final Set<String> changed = new HashSet<>();
        final Set<String> logged = new HashSet<>();
        final List<String> removed = new ArrayList<>();
        table.removals((from, entry) -> removed.add(keyAt(from, entry)));
        for (int step = 0; step < 5_000; step++) {
            final String text = keyOf(random.nextInt(keys));
            final int length = put(text);
            routing.working(text.hashCode());
            final int what = random.nextInt(1_000);
            if (what < removals) {
                final int entry = table.get(key, 3, length);
                assertThat(entry != Pane.MISSING).isEqualTo(expected.remove(text) != null);
                if (entry != Pane.MISSING) {
                    removed.clear();
                    table.remove(entry);
                    assertThat(removed).isEqualTo(logged.remove(text) ? List.of(text) : List.of());
                    changed.remove(text);
                }
            } else if (what < 400) {
                final int entry = table.get(key, 3, length);
                assertThat(entry == Pane.MISSING ? null : (Long) table.buffer().getLong(entry))
                    .isEqualTo(expected.get(text));
            } else if (what < 403) {
                final Set<String> taken = new HashSet<>();
                for (int i = 0; i < table.changedCount(); i++) {
                    final int entry = table.takeChanged(i);
                    assertThat(entry == Pane.MISSING || taken.add(keyAt(table, entry))).isTrue();
                }
                assertThat(taken).isEqualTo(changed);
                logged.addAll(changed);
                changed.clear();
                table.clearChanged();
            } else if (what == 403) {
                table.reset();
                expected.clear();
                changed.clear();
                logged.clear();
            } else {
                final int entry = table.getOrCreate(key, 3, length);
                assertThat(table.buffer().getLong(entry)).isEqualTo(expected.getOrDefault(text, 0L));
                final long value = random.nextLong();
                table.buffer().putLong(entry, value);
                expected.put(text, value);
                changed.add(text);
            }
            assertThat(table.size()).isEqualTo(expected.size());
        }
        assertThat(walk(table)).isEqualTo(expected);
        table.close();
    }

    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void shouldKeepSeveralValuesOfOneKeyInOrder(
        @ForAll final long seed, @ForAll @IntRange(min = 1, max = 200) final int keys) {
        final SplittableRandom random = new SplittableRandom(seed);
        final PaneTable table = new PaneTable("test", -1, routing);
        final Map<String, List<String>> expected = new HashMap<>();
        final Map<String, Long> ids = new HashMap<>();
        for (int step = 0; step < 3_000; step++) {
            final String text = keyOf(random.nextInt(keys));
            final int length = put(text);
            if (random.nextInt(4) > 0) {
                final String value = "x".repeat(random.nextInt(step % 100 == 0 ? 5_000 : 60)) + step;
                final long id = ids.merge(text, 1L, Long::sum);
                final int entry = table.append(key, 3, length, id, value.length());
                table.buffer().putStringWithoutLengthAscii(entry, value);
                expected.computeIfAbsent(text, any -> new ArrayList<>()).add(0, value);
            } else if (expected.containsKey(text)) {
                final List<String> values = expected.get(text);
                final int index = random.nextInt(values.size());
                int entry = table.get(key, 3, length);
                for (int i = 0; i < index; i++) {
                    entry = table.previous(entry);
                }
                table.remove(entry);
                values.remove(index);
                if (values.isEmpty()) {
                    expected.remove(text);
                }
            }
            final List<String> found = new ArrayList<>();
            put(text);
            for (int entry = table.get(key, 3, length); entry != Pane.MISSING; entry = table.previous(entry)) {
                found.add(table.buffer().getStringWithoutLengthAscii(entry, table.valueLength(entry)));
                assertThat(keyAt(table, entry)).isEqualTo(text);
            }
            assertThat(found).isEqualTo(expected.getOrDefault(text, List.of()));
        }
        int walked = 0;
        for (int entry = table.first(); entry != Pane.MISSING; entry = table.next(entry)) {
            walked++;
        }
        assertThat(walked).isEqualTo(table.size())
            .isEqualTo(expected.values().stream().mapToInt(List::size).sum());
        table.close();
    }

    @Test
    void shouldPutEntriesBackIntoTheOrderOfTheirIds() {
        final PaneTable table = new PaneTable("test", -1, routing);
        final int length = put("key");
        for (final long id : new long[] {5, 2, 9, 7, 2}) {
            table.buffer().putLong(table.restore(key, 3, length, id, Long.BYTES, 0), id);
        }
        final List<Long> found = new ArrayList<>();
        for (int entry = table.get(key, 3, length); entry != Pane.MISSING; entry = table.previous(entry)) {
            assertThat(table.idOf(entry)).isEqualTo(table.buffer().getLong(entry));
            found.add(table.idOf(entry));
        }
        assertThat(found).containsExactly(9L, 7L, 5L, 2L);
        assertThat(table.changedCount()).isZero();
        table.close();
    }

    @Test
    void shouldRefuseToRemoveTwice() {
        final PaneTable table = new PaneTable("test", Long.BYTES, routing);
        final int entry = table.getOrCreate(key, 0, 5);
        table.remove(entry);
        assertThatThrownBy(() -> table.remove(entry)).isInstanceOf(IllegalStateException.class);
        table.close();
    }
}
