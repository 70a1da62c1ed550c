/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.store.RowDescriptor;
import dev.peregrine.topology.TestEvent;
import dev.peregrine.topology.internal.StageHarness;
import dev.peregrine.topology.join.JoinEvents.Event;
import dev.peregrine.topology.join.JoinEvents.Joined;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Joins with a table, given as its changes or as it is. */
class TableJoinsTest {
    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void shouldJoinWithTheLatestChange(
        @ForAll final long seed, @ForAll @IntRange(min = 1, max = 10) final int keys, @ForAll final boolean inner,
        @ForAll final boolean byInput) {
        final SplittableRandom random = new SplittableRandom(seed);
        final JoinSides sides = byInput ? JoinSides.byInput(2, JoinEvents.KEY, JoinEvents.KEY) : JoinEvents.SIDES;
        final StageHarness harness = new StageHarness(ChangelogJoin.of(sides)
            .type(inner ? JoinType.INNER : JoinType.LEFT)
            .deletedBy(event -> event.buffer().getLong(event.offset() + Long.BYTES) % 5 == 0)
            .with(JoinEvents.ids()).get());
        final Map<Long, Long> rows = new HashMap<>();
        for (int step = 0; step < 300; step++) {
            final Event event = new Event(random.nextBoolean(), random.nextInt(1_000), random.nextInt(keys), step);
            harness.event(event.left() ? random.nextInt(2) : 2 + random.nextInt(2), event.encode());
            final List<Joined> joined = JoinEvents.decode(harness.takeOutput());
            if (!event.left()) {
                assertThat(joined).isEmpty();
                if (step % 5 == 0) {
                    rows.remove(event.key());
                } else {
                    rows.put(event.key(), event.id());
                }
            } else if (inner && !rows.containsKey(event.key())) {
                assertThat(joined).isEmpty();
            } else {
                assertThat(joined).containsExactly(
                    new Joined(event.id(), rows.getOrDefault(event.key(), JoinEvents.NONE), event.timeNs()));
            }
            if (random.nextInt(20) == 0) {
                harness.endEpoch();
            }
        }
        harness.close();
    }

    @Test
    void shouldForgetARowWithoutPayload() {
        final StageHarness harness = new StageHarness(ChangelogJoin.of(JoinSides.byInput(
            (event, key) -> key.set(event.keyHash()), (event, key) -> key.set(event.keyHash())))
            .with((left, right, timestampNs, out) -> out.forward(right, right.keyHash())).get());
        harness.event(1, new TestEvent(new byte[] {1}, 5, 10, 0));
        harness.event(0, new TestEvent(new byte[0], 5, 11, 0));
        harness.event(1, new TestEvent(new byte[0], 5, 12, 0));
        harness.event(0, new TestEvent(new byte[0], 5, 13, 0));
        assertThat(harness.takeOutput()).singleElement().satisfies(event -> assertThat(event.length()).isEqualTo(1));
        harness.close();
    }

    @Test
    void shouldJoinWithTheRowThatIsThere() {
        final Map<Long, Long> rows = new HashMap<>();
        final TableJoin.Settings settings = TableJoin.of("names", JoinEvents.KEY);
        for (final JoinType type : List.of(JoinType.INNER, JoinType.LEFT)) {
            rows.clear();
            final StageHarness harness = new StageHarness(settings.type(type).with((event, row, out) -> {
                final int at = out.claim(2 * Long.BYTES);
                out.buffer().putLong(at, event.buffer().getLong(event.offset() + Long.BYTES));
                out.buffer().putLong(at + Long.BYTES,
                    row == null ? JoinEvents.NONE : row.rowBuffer().getLong(row.valueOffset(row.firstCell())));
                out.commit(event.keyHash(), event.timestampNs(), 0, 0);
            }).get(), name -> {
                assertThat(name).isEqualTo("names");
                return (pkey, offset, length, into) -> {
                    final Long value = rows.get(pkey.getLong(offset));
                    if (value != null) {
                        into.clear().apply(cell(value), 0, 1, 1, Long.BYTES, RowDescriptor.TYPE_LONG, 1);
                    }
                    return value != null;
                };
            });
            final Event event = new Event(true, 9, 3, 4);
            harness.event(event.encode());
            rows.put(3L, 77L);
            harness.event(event.encode());
            assertThat(JoinEvents.decode(harness.takeOutput())).isEqualTo(type == JoinType.INNER
                ? List.of(new Joined(4, 77, 9)) : List.of(new Joined(4, JoinEvents.NONE, 9), new Joined(4, 77, 9)));
        }
    }

    /** An lkey of one byte, then the value. */
    private static UnsafeBuffer cell(final long value) {
        final UnsafeBuffer bytes = new UnsafeBuffer(new byte[1 + Long.BYTES]);
        bytes.putLong(1, value);
        return bytes;
    }

    @Test
    void shouldRefuseToEmitRowsAlone() {
        assertThatThrownBy(() -> TableJoin.of("t", JoinEvents.KEY).type(JoinType.OUTER))
            .isInstanceOf(ConfigurationException.class).hasMessageContaining("rows alone");
        assertThatThrownBy(() -> ChangelogJoin.of(JoinEvents.SIDES).type(JoinType.OUTER))
            .isInstanceOf(ConfigurationException.class);
    }
}
