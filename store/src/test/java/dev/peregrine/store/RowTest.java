/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.error.PeregrineException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.agrona.concurrent.UnsafeBuffer;

class RowTest {
    private static byte[] bytes(final String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Every cell as type and text, read by walking and by looking up. */
    private static Map<String, String> cellsOf(final RowView row) {
        final Map<String, String> cells = new TreeMap<>();
        int at = row.firstCell();
        for (int i = row.cellCount(); i > 0; i--) {
            cells.put(row.lkey(at), row.type(at) + ":" + row.text(at));
            assertThat(row.find(bytes(row.lkey(at)))).isTrue();
            assertThat(row.cell()).isEqualTo(at);
            at = row.nextCell(at);
        }
        assertThat(at).isEqualTo(row.rowLength());
        return cells;
    }

    /** Applies one random batch to the row and to the model. */
    private static void change(
        final RowMutation batch, final Map<String, String> model, final List<String> lkeys, final Random random) {
        for (final String lkey : lkeys) {
            final byte[] text = bytes("v".repeat(random.nextInt(40)));
            switch (random.nextInt(4)) {
                case 0 -> {
                    batch.putLong(bytes(lkey), text.length);
                    model.put(lkey, "1:" + text.length);
                }
                case 1 -> {
                    batch.putText(bytes(lkey), new UnsafeBuffer(text), 0, text.length);
                    model.put(lkey, "2:" + new String(text, StandardCharsets.UTF_8));
                }
                case 2 -> {
                    batch.putBytes(bytes(lkey), new UnsafeBuffer(text), 0, text.length);
                    model.put(lkey, "0:" + new String(text, StandardCharsets.UTF_8));
                }
                default -> {
                    batch.delete(bytes(lkey));
                    model.remove(lkey);
                }
            }
        }
    }

    @Property(tries = 300)
    void shouldHoldWhatWasLastWritten(
        @ForAll @Size(max = 12) final List<@Size(max = 20) List<@StringLength(max = 9) String>> batches,
        @ForAll final Random random) {
        final RowView row = new RowView().clear();
        final Map<String, String> model = new TreeMap<>();
        long version = 0;
        for (final List<String> lkeys : batches) {
            // A lone surrogate becomes '?', so that two texts may be one key: the model goes by the key.
            final List<String> keys = lkeys.stream().map(
                text -> new String(bytes(text), StandardCharsets.UTF_8)).toList();
            final RowMutation batch = new RowMutation().begin("pkey");
            if (random.nextInt(8) == 0) {
                batch.deleteRow();
                model.clear();
            }
            change(batch, model, keys, random);
            assertThat(RowMutation.applyTo(row, batch.buffer(), 0, batch.length(), ++version)).isTrue();
            assertThat(cellsOf(row.check())).isEqualTo(model);
        }
        final byte[] copy = new byte[row.rowLength()];
        row.rowBuffer().getBytes(0, copy);
        assertThat(cellsOf(RowView.ofBytes(copy))).isEqualTo(model);
    }

    @Property(tries = 200)
    void shouldLeadToOneRowInWhateverOrderSetsOfDifferentVersionsCome(
        @ForAll @Size(min = 1, max = 20) final List<@IntRange(max = 4) Integer> lkeys, @ForAll final Random random) {
        final RowView inOrder = new RowView().clear();
        final RowView shuffled = new RowView().clear();
        final List<Integer> versions = new ArrayList<>();
        for (int version = 0; version < lkeys.size(); version++) {
            versions.add(version);
            set(inOrder, lkeys.get(version), version);
        }
        Collections.shuffle(versions, random);
        versions.forEach(version -> set(shuffled, lkeys.get(version), version));
        assertThat(cellsOf(shuffled)).isEqualTo(cellsOf(inOrder));
    }

    private static void set(final RowView row, final int lkey, final int version) {
        final RowMutation batch = new RowMutation().begin("r").putLong(bytes("l" + lkey), version);
        RowMutation.applyTo(row, batch.buffer(), 0, batch.length(), version);
    }

    @Example
    void shouldNotLetAnOlderDeletionTakeNewerCells() {
        final RowView row = new RowView().clear();
        set(row, 1, 5);
        set(row, 2, 9);
        final RowMutation older = new RowMutation().begin("r").deleteRow();
        RowMutation.applyTo(row, older.buffer(), 0, older.length(), 7);
        assertThat(cellsOf(row)).isEqualTo(Map.of("l2", "1:9"));
    }

    /** Whoever reads a row without looking at its errors touches all of it. */
    private static int readAll(final RowView row) {
        int sum = row.toString().length();
        int at = row.firstCell();
        for (int i = row.cellCount(); i > 0; i--) {
            sum += (int) row.version(at);
            final byte[] lkey = new byte[row.lkeyLength(at)];
            row.rowBuffer().getBytes(row.lkeyOffset(at), lkey);
            sum += (int) row.getLong(lkey, 0) + row.getBytes(lkey).length;
            at = row.nextCell(at);
        }
        assertThat(at).isEqualTo(row.rowLength());
        return sum;
    }

    private static boolean readsOrRefuses(final byte[] bytes) {
        try {
            readAll(RowView.ofBytes(bytes));
            return true;
        } catch (final CorruptDataException e) {
            assertThat(e.getMessage()).contains("are not a row");
            return false;
        }
    }

    @Property(tries = 2000)
    void shouldRefuseRandomBytes(@ForAll @Size(max = 200) final byte[] bytes) {
        readsOrRefuses(bytes);
        if (bytes.length >= RowDescriptor.CELLS_OFFSET) {
            bytes[RowDescriptor.FORMAT_OFFSET] = 1;
            bytes[RowDescriptor.FORMAT_OFFSET + 1] = 0;
            bytes[RowDescriptor.CELL_COUNT_OFFSET + 1] = 0;
            readsOrRefuses(bytes);
        }
    }

    @Example
    void shouldRefuseOrReadARowWithAnyBitFlippedAndAnyCutOfIt() {
        final RowView row = new RowView().clear();
        final RowMutation batch = new RowMutation().begin("r").putLong(bytes("a"), 1).putText(
            bytes("bb"), new UnsafeBuffer(bytes("text")), 0, 4).putLong(bytes("ccc"), 3);
        RowMutation.applyTo(row, batch.buffer(), 0, batch.length(), 1);
        final byte[] good = new byte[row.rowLength()];
        row.rowBuffer().getBytes(0, good);
        assertThat(readsOrRefuses(good)).isTrue();
        int refused = 0;
        for (int bit = 0; bit < good.length * 8; bit++) {
            final byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            refused += readsOrRefuses(bad) ? 0 : 1;
        }
        assertThat(refused).isGreaterThan(100);
        for (int length = 0; length < good.length; length++) {
            assertThat(readsOrRefuses(Arrays.copyOf(good, length))).isFalse();
        }
    }

    @Example
    void shouldRefuseKeysAndBatchesThatAreTooLong() {
        final byte[] longest = new byte[RowDescriptor.MAX_KEY_LENGTH];
        final byte[] tooLong = new byte[RowDescriptor.MAX_KEY_LENGTH + 1];
        final RowMutation batch = new RowMutation().begin(new UnsafeBuffer(longest), 0, longest.length)
            .putLong(longest, 1);
        final int length = batch.length();
        assertThatThrownBy(() -> batch.putLong(tooLong, 1)).isInstanceOf(PeregrineException.class)
            .hasMessageContaining("1025");
        final UnsafeBuffer value = new UnsafeBuffer(new byte[RowDescriptor.MAX_ROW_LENGTH]);
        assertThatThrownBy(() -> batch.putBytes(longest, value, 0, value.capacity()))
            .isInstanceOf(PeregrineException.class).hasMessageContaining("pkeys");
        assertThat(batch.length()).as("a refused change leaves the batch as it was").isEqualTo(length);
        assertThatThrownBy(() -> batch.begin(new UnsafeBuffer(tooLong), 0, tooLong.length))
            .isInstanceOf(PeregrineException.class);
    }
}
