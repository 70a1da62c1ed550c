/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.log.PartitionLog;
import dev.peregrine.log.PartitionReader;
import dev.peregrine.store.Table;
import dev.peregrine.topology.testing.RandomTopology.Kind;
import dev.peregrine.topology.testing.RandomTopology.Node;
import dev.peregrine.topology.testing.SequentialModel.Sent;
import dev.peregrine.topology.testing.SequentialModel.Sum;
import dev.peregrine.topology.testing.SequentialModel.Window;
import dev.peregrine.topology.window.WindowResultDescriptor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.agrona.DirectBuffer;

/** Compares what a random topology has left in streams, tables and states with the {@link SequentialModel}. */
final class ResultCheck {
    private final RandomTopology topology;
    private final BiFunction<String, Integer, PartitionLog> streams;
    private final Table table;
    private final String context;
    private final SequentialModel model;
    private final Map<String, Integer> partitions;

    /**
     * Reads the input.
     *
     * @param streams gives the log of a stream's partition.
     * @param context what to print with a failure.
     */
    ResultCheck(
        final RandomTopology topology, final BiFunction<String, Integer, PartitionLog> streams, final Table table,
        final String context) {
        this.topology = topology;
        this.streams = streams;
        this.table = table;
        this.context = context + ": " + topology;
        this.partitions = topology.streams();
        final Map<String, List<Sent>> input = new HashMap<>();
        for (final Node node : topology.nodes()) {
            if (node.kind() == Kind.SOURCE) {
                input.put(RandomTopology.in(node.number()), input(RandomTopology.in(node.number())));
            }
        }
        this.model = new SequentialModel(topology, input);
    }

    /** Takes a record. */
    private interface Visitor {
        void visit(DirectBuffer buffer, int offset);
    }

    private void read(final String stream, final int partition, final Visitor visitor) {
        try (PartitionReader reader = streams.apply(stream, partition).newReader(0)) {
            while (reader.poll(frame -> visitor.visit(frame.buffer(), frame.payloadOffset()), 1 << 16) > 0) {
                // until the end
            }
        }
    }

    private List<Sent> input(final String stream) {
        final List<Sent> sent = new ArrayList<>();
        for (int i = 0; i < partitions.get(stream); i++) {
            final long[] highestNs = {Long.MIN_VALUE / 2};
            read(stream, i, (buffer, offset) -> {
                final Item item = Item.read(buffer, offset);
                if (!item.isClosing()) {
                    sent.add(new Sent(item, item.timeNs() < highestNs[0] - RandomTopology.BOUND_NS));
                    highestNs[0] = Math.max(highestNs[0], item.timeNs());
                }
            });
        }
        return sent;
    }

    private List<Item> items(final String stream) {
        final List<Item> items = new ArrayList<>();
        for (int i = 0; i < partitions.get(stream); i++) {
            read(stream, i, (buffer, offset) -> {
                final Item item = Item.read(buffer, offset);
                if (!item.isClosing() && item.key() <= RandomTopology.KEYS + 1_000) {
                    items.add(item);
                }
            });
        }
        return items;
    }

    /** Compares everything. */
    void check() {
        assertThat(items(RandomTopology.DEAD_LETTERS)).as("dead letters, %s", context)
            .containsExactlyInAnyOrderElementsOf(items(model.picked()));
        for (final Node node : topology.nodes()) {
            final String where = node.name() + ", " + context;
            switch (node.kind()) {
                case SOURCE -> { }
                case COUNT -> {
                    same(node, "", where);
                    counts(node, where);
                }
                case SPLIT -> {
                    same(node, "", where);
                    same(node, RandomTopology.OTHER, where);
                }
                case LIST -> lists(node, where);
                case DELAY -> delays(node, where);
                case OUTSIDE -> outside(node, where);
                case WINDOW -> windows(node, where);
                case TIMER -> timers(node, where);
                default -> same(node, "", where);
            }
        }
    }

    private static List<Item> items(final List<Sent> sent) {
        return sent.stream().map(Sent::item).toList();
    }

    private void same(final Node node, final String output, final String where) {
        assertThat(count(items(RandomTopology.out(node, output)))).as("%s '%s'", where, output)
            .isEqualTo(count(items(model.output(node, output))));
    }

    private static Map<Item, Integer> count(final List<Item> items) {
        final Map<Item, Integer> counts = new HashMap<>();
        items.forEach(item -> counts.merge(item, 1, Integer::sum));
        return counts;
    }

    private void counts(final Node node, final String where) {
        final Map<Long, Sum> expected = model.byKey(topology, node);
        final Map<Long, Long> running = new TreeMap<>();
        for (int i = 0; i < partitions.get(RandomTopology.running(node)); i++) {
            read(RandomTopology.running(node), i, (buffer, offset) -> {
                final Item item = Item.read(buffer, offset);
                assertThat(item.value()).as("count of %d follows upon the one before, %s", item.key(), where)
                    .isEqualTo(running.merge(item.key(), 1L, Long::sum));
            });
        }
        assertThat(running.keySet()).as(where).isEqualTo(expected.keySet());
        expected.forEach((key, sum) -> {
            assertThat(running.get(key)).as("last count of %d, %s", key, where).isEqualTo(sum.count);
            final String row = RandomStages.row(node, key);
            assertThat(new long[] {table.getLong(row, "count", -1), table.getLong(row, "sum", -1)})
                .as("row %s, %s", row, where).containsExactly(sum.count, sum.sum);
            assertThat(RandomStages.STATES.get(row)).as("state %s, %s", row, where).containsExactly(sum.count, sum.sum);
        });
    }

    private void lists(final Node node, final String where) {
        final Map<Long, long[]> emitted = new TreeMap<>();
        items(RandomTopology.out(node, "")).forEach(item ->
            emitted.merge(item.key(), new long[] {1, item.value()}, ResultCheck::add));
        model.byKey(topology, node).forEach((key, sum) -> {
            final long[] out = emitted.getOrDefault(key, new long[2]);
            final long[] left = RandomStages.STATES.getOrDefault(RandomStages.row(node, key), new long[2]);
            assertThat(new long[] {out[0], left[0], out[1] + left[1]})
                .as("sums emitted, values left, their sum for %d, %s", key, where)
                .containsExactly(sum.count / RandomStages.LIST_SIZE, sum.count % RandomStages.LIST_SIZE, sum.sum);
        });
    }

    private static long[] add(final long[] first, final long[] second) {
        return new long[] {first[0] + second[0], first[1] + second[1]};
    }

    private void delays(final Node node, final String where) {
        final Map<Long, Long> expected = new TreeMap<>();
        model.byKey(topology, node).forEach((key, sum) -> expected.put(key, sum.count));
        assertThat(delayed(node)).as(where).isEqualTo(expected);
    }

    private Map<Long, Long> delayed(final Node node) {
        final Map<Long, Long> emitted = new TreeMap<>();
        items(RandomTopology.out(node, "")).forEach(item -> emitted.merge(item.key(), item.value(), Long::sum));
        return emitted;
    }

    /** Whether all that waits for processing time has come. */
    boolean areDelaysOver() {
        return topology.nodes().stream().filter(node -> node.kind() == Kind.DELAY).allMatch(node ->
            delayed(node).values().stream().mapToLong(Long::longValue).sum() >= model.inputOf(topology, node).size());
    }

    private void outside(final Node node, final String where) {
        final OutsideSink.Outside outside = OutsideSink.SYSTEMS.get(node.number());
        final List<Item> found = outside.counting.stream().filter(item -> !item.isClosing()).toList();
        assertThat(count(found)).as(where).isEqualTo(count(items(model.inputOf(topology, node))));
        assertThat(outside.prepared.values()).as("all is committed, %s", where).allMatch(List::isEmpty);
    }

    /** The last result of each window; that of one which is on time comes once. */
    private Map<Window, long[]> results(final Node node, final String where) {
        final Map<Window, long[]> results = new TreeMap<>();
        for (int i = 0; i < partitions.get(RandomTopology.results(node)); i++) {
            read(RandomTopology.results(node), i, (buffer, offset) -> {
                final int at = offset + WindowResultDescriptor.RESULT_OFFSET;
                final Window window = new Window(buffer.getLong(at + 2 * Long.BYTES),
                    buffer.getLong(offset + WindowResultDescriptor.START_OFFSET));
                final boolean late = buffer.getInt(offset + WindowResultDescriptor.FIRING_OFFSET)
                    == WindowResultDescriptor.LATE;
                final long[] before = results.put(window, new long[] {buffer.getLong(at), buffer.getLong(at + Long.BYTES)});
                assertThat(before == null || late).as("%s fires once, %s", window, where).isTrue();
            });
        }
        results.keySet().removeIf(window -> window.startNs() > Item.CLOSING_TIME_NS / 2);
        return results;
    }

    private void windows(final Node node, final String where) {
        if (!topology.hasLate()) {
            same(node, "", where);
        }
        final Map<Window, long[]> results = results(node, where);
        final Map<Window, Sum> expected = model.windows(topology, node);
        if (topology.hasLateOutput(node) && node.sizeNs() == node.slideNs()) {
            for (final Item item : items(RandomTopology.late(node))) {
                results.merge(new Window(item.key(), Math.floorDiv(item.timeNs(), node.slideNs()) * node.slideNs()),
                    new long[] {1, item.value()}, ResultCheck::add);
            }
            final Map<Window, String> all = new TreeMap<>();
            expected.forEach((window, sum) ->
                all.put(window, sum.count + sum.lateCount + " " + (sum.sum + sum.lateSum)));
            final Map<Window, String> found = new TreeMap<>();
            results.forEach((window, sum) -> found.put(window, sum[0] + " " + sum[1]));
            assertThat(found).as("in windows or late, %s", where).isEqualTo(all);
            return;
        }
        assertThat(expected.keySet()).as(where).containsAll(results.keySet());
        expected.forEach((window, sum) -> {
            final long[] result = results.getOrDefault(window, new long[2]);
            assertThat(result[0]).as("events of %s, %s", window, where).isBetween(sum.count, sum.count + sum.lateCount);
            if (sum.lateCount == 0) {
                assertThat(result[1]).as("sum of %s, %s", window, where).isEqualTo(sum.sum);
            }
        });
    }

    private void timers(final Node node, final String where) {
        if (!topology.hasLate()) {
            same(node, "", where);
            return;
        }
        final Map<Window, Long> fired = new TreeMap<>();
        items(RandomTopology.out(node, "")).forEach(item ->
            fired.merge(new Window(item.key(), item.timeNs()), 1L, Long::sum));
        final Map<Window, Sum> expected = model.timers(topology, node);
        assertThat(expected.keySet()).as(where).containsAll(fired.keySet());
        expected.forEach((timer, sum) -> assertThat(fired.getOrDefault(timer, 0L)).as("%s, %s", timer, where)
            .isBetween(1L, Math.max(1, Math.min(1, sum.count) + sum.lateCount)));
    }
}
