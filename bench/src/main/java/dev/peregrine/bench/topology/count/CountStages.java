/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.topology.count;

import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.state.KeyedValueState;
import java.util.concurrent.TimeUnit;
import org.agrona.BitUtil;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** The engine's stages of the job. */
final class CountStages {
    static final int EVENT_LENGTH = 64;
    static final int KEY = 0;

    private static final int RESULT_KEY = 0;
    private static final int RESULT_END = 8;
    private static final int RESULT_COUNT = 16;
    private static final int RESULT_LENGTH = 24;
    private static final int TEMPLATE_RESULT = 2;

    private CountStages() {
    }

    /** Moves event time on with the first event of each window; events are in order. */
    static final class Time implements Stage {
        private final long windowNs;
        private long windowEndNs;

        Time(final long windowNs) {
            this.windowNs = windowNs;
            windowEndNs = windowNs;
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            final long timeNs = event.timestampNs();
            if (timeNs >= windowEndNs) {
                final long start = timeNs - timeNs % windowNs;
                out.watermark(start);
                windowEndNs = start + windowNs;
            }
            out.forward(event, event.keyHash());
        }
    }

    /**
     * Counts per key in the window that is open, and hands all counts on when it ends. An entry is a window's end and a
     * count; entries of windows that ended are out and are taken over by the key's next event.
     */
    static final class Count implements Stage {
        private static final int END = 0;
        private static final int COUNT = 8;
        private static final int ENTRY_LENGTH = 16;

        private final long windowNs;
        private final KeyedValueState.EntryVisitor visitor = this::fire;
        private KeyedValueState counts;
        private KeyedValueState last;
        private final UnsafeBuffer onlyKey = new UnsafeBuffer(new byte[BitUtil.SIZE_OF_LONG]);
        private Emitter firing;
        private long firedNs;
        private long watermarkNs;

        Count(final long windowNs) {
            this.windowNs = windowNs;
        }

        @Override
        public void open(final StageContext context) {
            counts = context.valueState("counts", BitUtil.SIZE_OF_LONG, ENTRY_LENGTH);
            last = context.valueState("last", BitUtil.SIZE_OF_LONG, BitUtil.SIZE_OF_LONG);
            final int at = last.get(onlyKey, 0, BitUtil.SIZE_OF_LONG);
            firedNs = at == KeyedValueState.MISSING ? 0 : last.buffer().getLong(at);
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            final int at = counts.getOrCreate(event.buffer(), event.offset() + KEY, BitUtil.SIZE_OF_LONG);
            final MutableDirectBuffer buffer = counts.buffer();
            final long timeNs = event.timestampNs();
            if (timeNs < buffer.getLong(at + END)) {
                buffer.putLong(at + COUNT, buffer.getLong(at + COUNT) + 1);
            } else {
                buffer.putLong(at + END, timeNs - timeNs % windowNs + windowNs);
                buffer.putLong(at + COUNT, 1);
            }
        }

        @Override
        public void onWatermark(final long timeNs, final Emitter out) {
            firing = out;
            watermarkNs = timeNs;
            counts.forEach(visitor);
            firedNs = timeNs;
            last.buffer().putLong(last.getOrCreate(onlyKey, 0, BitUtil.SIZE_OF_LONG), timeNs);
        }

        private void fire(final MutableDirectBuffer buffer, final int key, final int keyLength, final int value) {
            final long endNs = buffer.getLong(value + END);
            if (endNs > firedNs && endNs <= watermarkNs) {
                final int at = firing.claim(RESULT_LENGTH);
                firing.buffer().putLong(at + RESULT_KEY, buffer.getLong(key));
                firing.buffer().putLong(at + RESULT_END, endNs);
                firing.buffer().putLong(at + RESULT_COUNT, buffer.getLong(value + COUNT));
                firing.commit(0, endNs, 1, TEMPLATE_RESULT);
            }
        }
    }

    /** Hands the counts to the bench. */
    static final class Results implements Stage {
        private final CountResults.Writer writer = CountResults.current().newWriter();

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            final int at = event.offset();
            writer.add(event.buffer().getLong(at + RESULT_KEY),
                TimeUnit.NANOSECONDS.toMillis(event.buffer().getLong(at + RESULT_END)),
                event.buffer().getLong(at + RESULT_COUNT));
        }
    }
}
