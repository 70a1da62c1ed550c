/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.nexmark;

import dev.peregrine.apps.nexmark.codec.BidderCountEncoder;
import dev.peregrine.apps.nexmark.codec.MessageHeaderEncoder;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.state.KeyedValueState;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.status.AtomicCounter;

/**
 * Query 11: bids of a user in each session, which ends when the user makes none for 10 seconds. A bid that comes out of
 * order may begin a session before the open one, or join two. Sessions of a bidder are numbered without gaps, in no
 * order; nearly always there is one, which is found with one look-up. Keyed by the bidder.
 */
final class SessionStage implements Stage {
    static final long GAP_NS = 10_000_000_000L;

    /** A session, by bidder and number; that of number 0 also says how many there are, and when to look at them. */
    private static final int START = 0;
    private static final int LAST = START + Long.BYTES;
    private static final int BIDS = LAST + Long.BYTES;
    private static final int SESSIONS = BIDS + Long.BYTES;
    private static final int DUE = SESSIONS + Long.BYTES;
    private static final int LENGTH = DUE + Long.BYTES;

    private final PairKey key = new PairKey();
    /** Bidders by when one of their sessions may end; of several entries of a bidder, the one that its state names. */
    private final DueHeap due = new DueHeap();
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final BidderCountEncoder result = new BidderCountEncoder();
    private KeyedValueState sessions;
    private AtomicCounter late;
    private long watermarkNs = Long.MIN_VALUE;

    @Override
    public void open(final StageContext context) {
        sessions = context.valueState("sessions", PairKey.LENGTH, LENGTH);
        late = context.counter("late");
        sessions.forEach((buffer, at, length, value) -> {
            if (buffer.getLong(at + PairKey.SECOND) == 0) {
                due.add(buffer.getLong(value + DUE), buffer.getLong(at));
            }
        });
    }

    @Override
    public void onEvent(final EventView event, final Emitter out) {
        final long bidder = Fields.get(event, Fields.BID_BIDDER);
        final long timeNs = Fields.get(event, Fields.BID_TIME);
        if (timeNs + GAP_NS <= watermarkNs) {
            late.incrementOrdered();
            return;
        }
        final int at = session(bidder, 0);
        final MutableDirectBuffer buffer = sessions.buffer();
        final long open = buffer.getLong(at + SESSIONS);
        if (open == 1 && isWithin(buffer, at, timeNs)) {
            extend(buffer, at, timeNs, timeNs, 1);
        } else {
            insert(bidder, open, timeNs);
        }
    }

    private int session(final long bidder, final long number) {
        return sessions.getOrCreate(key.of(bidder, number), 0, PairKey.LENGTH);
    }

    private static boolean isWithin(final MutableDirectBuffer buffer, final int at, final long timeNs) {
        return timeNs > buffer.getLong(at + START) - GAP_NS && timeNs < buffer.getLong(at + LAST) + GAP_NS;
    }

    private static void extend(
        final MutableDirectBuffer buffer, final int at, final long start, final long last, final long bids) {
        buffer.putLong(at + START, Math.min(start, buffer.getLong(at + START)));
        buffer.putLong(at + LAST, Math.max(last, buffer.getLong(at + LAST)));
        buffer.putLong(at + BIDS, buffer.getLong(at + BIDS) + bids);
    }

    /** Adds a bid as a session of its own, and takes every session into it that it touches. */
    private void insert(final long bidder, final long open, final long timeNs) {
        long start = timeNs;
        long last = timeNs;
        long bids = 1;
        long sessionsLeft = open;
        for (long number = 0; number < sessionsLeft;) {
            final int at = session(bidder, number);
            final MutableDirectBuffer buffer = sessions.buffer();
            if (isWithin(buffer, at, timeNs)) {
                start = Math.min(start, buffer.getLong(at + START));
                last = Math.max(last, buffer.getLong(at + LAST));
                bids += buffer.getLong(at + BIDS);
                sessionsLeft = remove(bidder, number, sessionsLeft);
            } else {
                number++;
            }
        }
        final int at = session(bidder, sessionsLeft);
        final MutableDirectBuffer buffer = sessions.buffer();
        buffer.putLong(at + START, start);
        buffer.putLong(at + LAST, last);
        buffer.putLong(at + BIDS, bids);
        final int first = session(bidder, 0);
        sessions.buffer().putLong(first + SESSIONS, sessionsLeft + 1);
        if (open == 0 || last + GAP_NS < sessions.buffer().getLong(first + DUE)) {
            setDue(bidder, first, last + GAP_NS);
        }
    }

    private void setDue(final long bidder, final int first, final long timeNs) {
        sessions.buffer().putLong(first + DUE, timeNs);
        due.add(timeNs, bidder);
    }

    /** Puts the last session in the place of one; returns how many are left. The count is for the caller to store. */
    private long remove(final long bidder, final long number, final long open) {
        final long lastNumber = open - 1;
        final int from = session(bidder, lastNumber);
        final long start = sessions.buffer().getLong(from + START);
        final long last = sessions.buffer().getLong(from + LAST);
        final long bids = sessions.buffer().getLong(from + BIDS);
        final int to = session(bidder, number);
        final MutableDirectBuffer buffer = sessions.buffer();
        buffer.putLong(to + START, start);
        buffer.putLong(to + LAST, last);
        buffer.putLong(to + BIDS, bids);
        if (lastNumber > 0) {
            sessions.remove(key.of(bidder, lastNumber), 0, PairKey.LENGTH);
        }
        return lastNumber;
    }

    @Override
    public void onWatermark(final long eventTimeNs, final Emitter out) {
        watermarkNs = eventTimeNs;
        while (due.isDue(eventTimeNs)) {
            final long timeNs = due.firstTime();
            final long bidder = due.remove();
            final int first = sessions.get(key.of(bidder, 0), 0, PairKey.LENGTH);
            if (first != KeyedValueState.MISSING && sessions.buffer().getLong(first + DUE) == timeNs) {
                endSessions(bidder, sessions.buffer().getLong(first + SESSIONS), out);
            }
        }
    }

    private void endSessions(final long bidder, final long open, final Emitter out) {
        long left = open;
        long nextEnd = Long.MAX_VALUE;
        for (long number = 0; number < left;) {
            final int at = sessions.get(key.of(bidder, number), 0, PairKey.LENGTH);
            final long end = sessions.buffer().getLong(at + LAST) + GAP_NS;
            if (end <= watermarkNs) {
                emit(bidder, at, end, out);
                left = remove(bidder, number, left);
            } else {
                nextEnd = Math.min(nextEnd, end);
                number++;
            }
        }
        if (left == 0) {
            sessions.remove(key.of(bidder, 0), 0, PairKey.LENGTH);
        } else {
            final int first = session(bidder, 0);
            sessions.buffer().putLong(first + SESSIONS, left);
            setDue(bidder, first, nextEnd);
        }
    }

    private void emit(final long bidder, final int at, final long end, final Emitter out) {
        final int target = out.claim(MessageHeaderEncoder.ENCODED_LENGTH + BidderCountEncoder.BLOCK_LENGTH);
        result.wrapAndApplyHeader(out.buffer(), target, header)
            .bidder(bidder)
            .bids(sessions.buffer().getLong(at + BIDS))
            .startNs(sessions.buffer().getLong(at + START))
            .endNs(end);
        out.commit(KeyHash.of(bidder), end, BidderCountEncoder.SCHEMA_ID, BidderCountEncoder.TEMPLATE_ID);
    }
}
