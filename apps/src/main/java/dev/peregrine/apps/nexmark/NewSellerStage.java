/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.nexmark;

import dev.peregrine.apps.nexmark.codec.AuctionDecoder;
import dev.peregrine.apps.nexmark.codec.MessageHeaderDecoder;
import dev.peregrine.apps.nexmark.codec.MessageHeaderEncoder;
import dev.peregrine.apps.nexmark.codec.NewSellerEncoder;
import dev.peregrine.apps.nexmark.codec.PersonDecoder;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.state.KeyedValueState;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.status.AtomicCounter;

/**
 * Query 8: the persons that have come and put something up for auction within the same 10 seconds. Each is handed on
 * once, as soon as both are known. Keyed by the person.
 */
final class NewSellerStage implements Stage {
    private static final long WINDOW_NS = 10_000_000_000L;

    /** By window and person: what is known, and the person's name. */
    private static final int KNOWN = 0;
    private static final byte PERSON = 1;
    private static final byte SELLS = 2;
    private static final int NAME_LENGTH = KNOWN + 1;
    private static final int NAME = NAME_LENGTH + 1;
    private static final int MAX_NAME = 62;

    private final PersonDecoder person = new PersonDecoder();
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final NewSellerEncoder result = new NewSellerEncoder();
    private final MessageHeaderEncoder resultHeader = new MessageHeaderEncoder();
    private final PairKey key = new PairKey();
    /** Windows and persons by their window's end. */
    private final DueHeap due = new DueHeap();
    private KeyedValueState windows;
    private AtomicCounter late;
    private long watermarkNs = Long.MIN_VALUE;

    @Override
    public void open(final StageContext context) {
        windows = context.valueState("windows", PairKey.LENGTH, NAME + MAX_NAME);
        late = context.counter("late");
        windows.forEach((buffer, at, length, value) ->
            due.add(buffer.getLong(at) + WINDOW_NS, buffer.getLong(at + PairKey.SECOND)));
    }

    @Override
    public void onEvent(final EventView event, final Emitter out) {
        final boolean sells = event.templateId() == AuctionDecoder.TEMPLATE_ID;
        final long timeNs = Fields.get(event, sells ? Fields.AUCTION_TIME : Fields.PERSON_TIME);
        final long id = Fields.get(event, sells ? Fields.AUCTION_SELLER : Fields.PERSON_ID);
        final long window = timeNs - timeNs % WINDOW_NS;
        if (window + WINDOW_NS <= watermarkNs) {
            late.incrementOrdered();
            return;
        }
        final int at = windows.getOrCreate(key.of(window, id), 0, PairKey.LENGTH);
        final MutableDirectBuffer buffer = windows.buffer();
        final byte before = buffer.getByte(at + KNOWN);
        if (before == 0) {
            due.add(window + WINDOW_NS, id);
        }
        final byte now = (byte) (before | (sells ? SELLS : PERSON));
        buffer.putByte(at + KNOWN, now);
        if (!sells) {
            putName(buffer, at, event);
        }
        if (now != before && now == (PERSON | SELLS)) {
            emit(id, window, buffer, at, event, out);
        }
    }

    private void putName(final MutableDirectBuffer buffer, final int at, final EventView event) {
        person.wrapAndApplyHeader(event.buffer(), event.offset(), header);
        final int length = person.nameLength();
        if (length > MAX_NAME) {
            throw new IllegalArgumentException("a name of " + length + " bytes is longer than " + MAX_NAME);
        }
        buffer.putByte(at + NAME_LENGTH, (byte) length);
        person.getName(buffer, at + NAME, length);
    }

    private void emit(
        final long id, final long window, final MutableDirectBuffer buffer, final int at, final EventView event,
        final Emitter out) {
        final int length = buffer.getByte(at + NAME_LENGTH);
        final int target = out.claim(MessageHeaderEncoder.ENCODED_LENGTH + NewSellerEncoder.BLOCK_LENGTH
            + NewSellerEncoder.nameHeaderLength() + length);
        result.wrapAndApplyHeader(out.buffer(), target, resultHeader)
            .person(id)
            .windowStartNs(window)
            .putName(buffer, at + NAME, length);
        out.commit(event.keyHash(), event.timestampNs(), NewSellerEncoder.SCHEMA_ID, NewSellerEncoder.TEMPLATE_ID);
    }

    @Override
    public void onWatermark(final long eventTimeNs, final Emitter out) {
        watermarkNs = eventTimeNs;
        while (due.isDue(eventTimeNs)) {
            final long window = due.firstTime() - WINDOW_NS;
            windows.remove(key.of(window, due.remove()), 0, PairKey.LENGTH);
        }
    }
}
