/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.topology;

import dev.peregrine.apps.ads.codec.AdEventDecoder;
import dev.peregrine.apps.ads.codec.Audience;
import dev.peregrine.apps.ads.codec.MessageHeaderDecoder;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;

/** The same counts in maps of strings to arrays, days older than two dropped: what one writes without a library. */
final class HashMapAdCounter implements AdCounter {
    private static final long DAY_NS = TimeUnit.DAYS.toNanos(1);
    private static final long IMPRESSION_MICROS = 1_000;
    private static final long CLICK_MICROS = 250_000;

    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final AdEventDecoder decoder = new AdEventDecoder();
    private final Map<String, long[]> totals = new HashMap<>();
    private final Map<Long, Map<String, long[]>> days = new HashMap<>();
    private long lastDay;
    private long handedOn;

    @Override
    public void count(final UnsafeBuffer buffer, final int offset) {
        decoder.wrapAndApplyHeader(buffer, offset, header);
        final long day = decoder.eventTimeNs() / DAY_NS;
        final String ad = (decoder.audience() == Audience.WOMEN ? "women/" : "men/") + decoder.itemId();
        add(totals, ad, decoder.click());
        add(days.computeIfAbsent(day, missing -> new HashMap<>()), ad, decoder.click());
        lastDay = Math.max(lastDay, day);
    }

    private static void add(final Map<String, long[]> counts, final String ad, final int click) {
        final long[] value = counts.computeIfAbsent(ad, missing -> new long[3]);
        value[0]++;
        value[1] += click;
        value[2] += IMPRESSION_MICROS + click * CLICK_MICROS;
    }

    @Override
    public void endEpoch() {
        for (final long[] value : totals.values()) {
            handedOn += value[0];
        }
        days.keySet().removeIf(day -> day + 2 <= lastDay);
    }

    @Override
    public String toString() {
        return handedOn + " handed on";
    }
}
