/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.window;

import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.KeySelector;
import dev.peregrine.topology.KeyView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.aggregate.Aggregator;
import dev.peregrine.topology.state.Pane;
import dev.peregrine.topology.state.PaneState;
import dev.peregrine.topology.time.Timer;
import dev.peregrine.topology.time.Timers;
import java.time.Duration;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Session windows per key in event time: events of a key that are less than a gap apart belong to one session, which
 * begins with its first event and ends a gap after its last. An event that comes out of order may begin a session before
 * others, and merge several. A session fires when the watermark reaches its end.
 *
 * <p>With an allowed lateness a session is kept for so long after its end; an event that then joins it emits its result
 * anew, marked as late, or revives it if its end moves beyond the watermark. An event that touches no session, and whose
 * own would have been dropped, goes to the output {@value TimeWindow#LATE}, which must then be declared, or is dropped.
 * The inputs must be grouped by key, by the same key or one of which it is part. Results are as
 * {@link WindowResultDescriptor} has it, at the last nanosecond of the session, under the key hash of its first event.
 *
 * <p>A session has one timer, which is not moved with each event but set anew when it fires too early: an event costs one
 * look-up and a walk over the key's sessions, of which there is seldom more than one. Keys are of up to
 * {@link Timers#MAX_KEY_LENGTH} bytes.
 */
public final class SessionWindow implements Stage {
    /** A session: first event, end, the time of its timer, events since it fired last, accumulator. */
    private static final int START = 0;
    private static final int END = START + BitUtil.SIZE_OF_LONG;
    private static final int TIMER = END + BitUtil.SIZE_OF_LONG;
    private static final int PENDING = TIMER + BitUtil.SIZE_OF_LONG;
    private static final int ACCUMULATOR = PENDING + BitUtil.SIZE_OF_LONG;

    private static final int END_TIMER = 0;
    private static final int EARLY_TIMER = 1;
    /** Panes that the keys are spread over, so that one grows at a time. */
    private static final int SHARD_BITS = 4;

    private final KeySelector selector;
    private final long gapNs;
    private final long latenessNs;
    private final boolean discarding;
    private final Aggregator aggregator;
    private final int accumulatorLength;
    private final WindowResults results;
    private final EarlyFirings early;
    private final LateEvents late;
    private final KeyView key = new KeyView();
    private StageContext context;
    private PaneState states;
    private final Pane[] shards = new Pane[1 << SHARD_BITS];
    /** The pane of the key at work. */
    private Pane sessions;
    private Timers timers;

    private SessionWindow(final WindowSettings settings, final long gapNs, final Aggregator aggregator) {
        this.selector = settings.selector();
        this.gapNs = gapNs;
        this.latenessNs = settings.latenessNs();
        this.discarding = settings.isDiscarding();
        this.aggregator = aggregator;
        this.accumulatorLength = aggregator.accumulatorLength();
        this.results = new WindowResults(aggregator);
        this.early = new EarlyFirings(settings, EARLY_TIMER);
        this.late = new LateEvents(settings.emitsLate());
    }

    /** Sessions that end when a key has no event for a time. */
    public static WindowSettings of(final KeySelector key, final Duration gap) {
        final long gapNs = WindowSettings.positive("the gap between sessions", gap);
        return WindowSettings.of(key, (settings, aggregator) -> new SessionWindow(settings, gapNs, aggregator));
    }

    @Override
    public void open(final StageContext opened) {
        context = opened;
        states = opened.paneListState("sessions");
        for (int i = 0; i < shards.length; i++) {
            shards[i] = states.getOrCreate(i);
        }
        timers = opened.timers();
        early.open(opened);
        late.open(opened);
    }

    @Override
    public void onEvent(final EventView event, final Emitter out) {
        final long timeNs = event.timestampNs();
        final long firedNs = states.mark();
        selector.select(event, key);
        final DirectBuffer keys = key.buffer();
        final int newest = newest(keys, key.offset(), key.length());
        int session = merged(newest, timeNs);
        if (session == Pane.MISSING) {
            if (isPast(timeNs + gapNs, firedNs)) {
                late.take(event);
                return;
            }
            session = begin(newest, timeNs);
        }
        final MutableDirectBuffer buffer = sessions.buffer();
        aggregator.add(event, buffer, session + ACCUMULATOR);
        final long pending = buffer.getLong(session + PENDING) + 1;
        buffer.putLong(session + PENDING, pending);
        sessions.changed(session);
        setTimer(session, firedNs);
        if (buffer.getLong(session + END) <= firedNs) {
            fire(session, WindowResultDescriptor.LATE, out);
        } else if (early.isDue(pending)) {
            fire(session, WindowResultDescriptor.EARLY, out);
        } else if (pending == 1 && early.isTimed()) {
            early.schedule(keys, key.offset(), key.length());
        }
    }

    /** The session of a key that was begun last, in the pane that is now at work. */
    private int newest(final DirectBuffer keys, final int offset, final int length) {
        sessions = shards[(int) (KeyHash.of(keys, offset, length) >>> Long.SIZE - SHARD_BITS)];
        return sessions.get(keys, offset, length);
    }

    /** Whether what ended then has been dropped by a watermark. */
    private boolean isPast(final long endNs, final long watermarkNs) {
        return endNs <= watermarkNs - latenessNs && watermarkNs >= Long.MIN_VALUE + latenessNs;
    }

    /** The session that an event belongs to, with it and with all others that it touches in one; or none. */
    private int merged(final int newest, final long timeNs) {
        final MutableDirectBuffer buffer = sessions.buffer();
        int into = Pane.MISSING;
        int session = newest;
        while (session != Pane.MISSING) {
            final int previous = sessions.previous(session);
            if (timeNs < buffer.getLong(session + END) && timeNs + gapNs > buffer.getLong(session + START)) {
                if (into == Pane.MISSING) {
                    into = session;
                } else {
                    merge(buffer, session, into);
                    sessions.remove(session);
                }
            }
            session = previous;
        }
        if (into != Pane.MISSING) {
            extend(buffer, into, timeNs, timeNs + gapNs);
        }
        return into;
    }

    private void merge(final MutableDirectBuffer buffer, final int from, final int into) {
        extend(buffer, into, buffer.getLong(from + START), buffer.getLong(from + END));
        buffer.putLong(into + PENDING, buffer.getLong(into + PENDING) + buffer.getLong(from + PENDING));
        aggregator.merge(buffer, from + ACCUMULATOR, buffer, into + ACCUMULATOR);
    }

    private static void extend(final MutableDirectBuffer buffer, final int session, final long start, final long end) {
        buffer.putLong(session + START, Math.min(buffer.getLong(session + START), start));
        buffer.putLong(session + END, Math.max(buffer.getLong(session + END), end));
    }

    private int begin(final int newest, final long timeNs) {
        final long id = newest == Pane.MISSING ? 0 : sessions.idOf(newest) + 1;
        final int session =
            sessions.append(key.buffer(), key.offset(), key.length(), id, ACCUMULATOR + accumulatorLength);
        final MutableDirectBuffer buffer = sessions.buffer();
        buffer.putLong(session + START, timeNs);
        buffer.putLong(session + END, timeNs + gapNs);
        buffer.putLong(session + TIMER, Long.MAX_VALUE);
        return session;
    }

    /** Sees to it that there is a timer no later than what is next for a session. One that is not needed is let be. */
    private void setTimer(final int session, final long firedNs) {
        final MutableDirectBuffer buffer = sessions.buffer();
        final long end = buffer.getLong(session + END);
        final long next = end <= firedNs ? end + latenessNs : end;
        if (buffer.getLong(session + TIMER) > next) {
            buffer.putLong(session + TIMER, next);
            timers.atEventTime(END_TIMER, next, sessions.buffer(), sessions.keyOffset(session),
                sessions.keyLength(session));
        }
    }

    @Override
    public void onTimer(final Timer timer, final Emitter out) {
        final boolean isEnd = timer.kind() == END_TIMER;
        final long watermarkNs = context.watermarkNs();
        int session = newest(timer.keyBuffer(), timer.keyOffset(), timer.keyLength());
        while (session != Pane.MISSING) {
            final int previous = sessions.previous(session);
            if (!isEnd) {
                if (sessions.buffer().getLong(session + PENDING) > 0) {
                    fire(session, WindowResultDescriptor.EARLY, out);
                }
            } else if (sessions.buffer().getLong(session + TIMER) == timer.timeNs()) {
                due(session, watermarkNs, out);
            }
            session = previous;
        }
    }

    /** Does what is due for a session whose timer has fired, and sets the next. */
    private void due(final int session, final long watermarkNs, final Emitter out) {
        final MutableDirectBuffer buffer = sessions.buffer();
        final long end = buffer.getLong(session + END);
        if (end <= watermarkNs) {
            final boolean isFirst = end > states.mark();
            if (isFirst && (!discarding || buffer.getLong(session + PENDING) > 0)) {
                fire(session, WindowResultDescriptor.ON_TIME, out);
            }
            if (isPast(end, watermarkNs)) {
                sessions.remove(session);
                return;
            }
        }
        buffer.putLong(session + TIMER, Long.MAX_VALUE);
        sessions.changed(session);
        setTimer(session, watermarkNs);
    }

    @Override
    public void onWatermark(final long watermarkNs, final Emitter out) {
        states.mark(watermarkNs);
    }

    private void fire(final int session, final int firing, final Emitter out) {
        final MutableDirectBuffer buffer = sessions.buffer();
        final long end = buffer.getLong(session + END);
        results.emit(buffer, sessions.keyOffset(session), sessions.keyLength(session), buffer, session + ACCUMULATOR,
            buffer.getLong(session + START), end, firing, sessions.keyHash(session), end - 1, out);
        buffer.putLong(session + PENDING, 0);
        if (discarding) {
            buffer.setMemory(session + ACCUMULATOR, accumulatorLength, (byte) 0);
        }
        sessions.changed(session);
    }
}
