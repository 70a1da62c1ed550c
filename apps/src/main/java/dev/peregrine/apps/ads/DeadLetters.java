/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.ads;

import dev.peregrine.Peregrine;
import dev.peregrine.core.time.EngineClock;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.eventbus.StreamConfig;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.agrona.concurrent.EpochNanoClock;
import org.agrona.concurrent.UnsafeBuffer;

/** Keeps input lines that are no events: each becomes one record of text, once, however often the input is read. */
final class DeadLetters {
    /** Small segments: this stream is expected to stay empty. */
    private static final int SEGMENT_LENGTH = 1 << 20;
    private static final int MAX_TEXT = 64 << 10;

    private DeadLetters() {
    }

    static void publish(final Peregrine engine, final List<MalformedLine> lines) {
        engine.provisionStream(StreamConfig.of(AdsTopology.DEAD_LETTER_STREAM).withSegmentLength(SEGMENT_LENGTH));
        if (lines.isEmpty()) {
            return;
        }
        final EpochNanoClock clock = EngineClock.INSTANCE;
        try (Publisher publisher = engine.publisher(AdsTopology.DEAD_LETTER_STREAM, "ads-input")) {
            long sequence = 0;
            for (final MalformedLine line : lines) {
                final byte[] bytes = (line + System.lineSeparator() + line.text()).getBytes(StandardCharsets.UTF_8);
                publisher.publish(0, 0, 0, clock.nanoTime(), sequence++, new UnsafeBuffer(bytes), 0,
                    Math.min(bytes.length, MAX_TEXT));
            }
        }
    }
}
