/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.ads;

import dev.peregrine.store.RowMutation;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.TableOutput;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Writes results: totals of ad {@code men/17} into row {@code men/17} of table {@code ad}, and through it into the
 * cache of that name; its day into row {@code men/17@2019-11-24} of table {@code ad_window}.
 */
final class StoreStage implements Stage {
    static final byte[] IMPRESSIONS = "impressions".getBytes(StandardCharsets.US_ASCII);
    static final byte[] CLICKS = "clicks".getBytes(StandardCharsets.US_ASCII);
    static final byte[] SPEND = "spend_micros".getBytes(StandardCharsets.US_ASCII);
    private static final int DATE_LENGTH = 11;

    private final UnsafeBuffer pkey =
        new UnsafeBuffer(java.nio.ByteBuffer.allocateDirect(AdKey.MAX_NAME_LENGTH + DATE_LENGTH + 16));
    private TableOutput totals;
    private TableOutput windows;

    @Override
    public void open(final StageContext context) {
        totals = context.table(AdsTopology.TABLE).writeThrough(AdsTopology.CACHE);
        windows = context.table(AdsTopology.WINDOW_TABLE);
    }

    @Override
    public void onEvent(final EventView event, final Emitter out) {
        final DirectBuffer buffer = event.buffer();
        final int at = event.offset();
        final long windowStart = buffer.getLong(at + AdRecordDescriptor.RESULT_WINDOW_OFFSET);
        final int nameLength = AdKey.putName(pkey, 0, buffer.getLong(at + AdRecordDescriptor.RESULT_AD_OFFSET));
        if (windowStart == AdRecordDescriptor.NO_WINDOW) {
            write(totals, totals.mutation().begin(pkey, 0, nameLength), buffer, at);
        } else {
            final int keyLength = nameLength + putDate(pkey, nameLength, windowStart);
            write(windows, windows.mutation().begin(pkey, 0, keyLength), buffer, at);
        }
    }

    private static void write(
        final TableOutput table, final RowMutation mutation, final DirectBuffer buffer, final int at) {
        mutation.putLong(IMPRESSIONS, buffer.getLong(at + AdRecordDescriptor.RESULT_IMPRESSIONS_OFFSET))
            .putLong(CLICKS, buffer.getLong(at + AdRecordDescriptor.RESULT_CLICKS_OFFSET))
            .putLong(SPEND, buffer.getLong(at + AdRecordDescriptor.RESULT_SPEND_OFFSET));
        table.stage();
    }

    /**
     * Writes {@code @2019-11-24}. Days to date by H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", without
     * the objects of java.time.
     */
    private static int putDate(final UnsafeBuffer target, final int offset, final long timeNs) {
        final long z = Math.floorDiv(timeNs, CountStage.WINDOW_NS) + 719_468;
        final long era = Math.floorDiv(z, 146_097);
        final long dayOfEra = z - era * 146_097;
        final long yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        final long dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        final long mp = (5 * dayOfYear + 2) / 153;
        final int day = (int) (dayOfYear - (153 * mp + 2) / 5 + 1);
        final int month = (int) (mp < 10 ? mp + 3 : mp - 9);
        final int year = (int) (yearOfEra + era * 400 + (month <= 2 ? 1 : 0));
        target.putByte(offset, (byte) '@');
        int at = offset + 1 + target.putIntAscii(offset + 1, year);
        target.putByte(at++, (byte) '-');
        at += putTwoDigits(target, at, month);
        target.putByte(at++, (byte) '-');
        at += putTwoDigits(target, at, day);
        return at - offset;
    }

    private static int putTwoDigits(final UnsafeBuffer target, final int offset, final int value) {
        target.putByte(offset, (byte) ('0' + value / 10));
        target.putByte(offset + 1, (byte) ('0' + value % 10));
        return 2;
    }
}
