/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.topology.state.StateTtl;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A keyed state beside a plain model of it: to each key a list of values with member key, expiry and whether it was changed
 * in this epoch. Subclasses do the same to both.
 */
abstract class StateModel {
    static final long NOT_BEGUN = Long.MIN_VALUE;
    private static final int LONGEST = 1 << 20;

    /** A value of the model. */
    static final class Item {
        final String member;
        final String value;
        final long expiryNs;
        boolean changed = true;

        Item(final String member, final String value, final long expiryNs) {
            this.member = member;
            this.value = value;
            this.expiryNs = expiryNs;
        }
    }

    final long ttlNs;
    final int keys;
    final Map<String, List<Item>> expected = new HashMap<>();
    final UnsafeBuffer key = new UnsafeBuffer(new byte[256]);
    final UnsafeBuffer member = new UnsafeBuffer(new byte[256]);
    final UnsafeBuffer bytes = new UnsafeBuffer(new byte[LONGEST + 8]);
    long nowNs;
    private long beganNs;

    StateModel(final int keys, final long ttlNs, final long nowNs) {
        this.keys = keys;
        this.ttlNs = ttlNs;
        this.nowNs = nowNs;
        this.beganNs = nowNs;
    }

    final StateTtl ttl() {
        return ttlNs == 0 ? StateTtl.NEVER : StateTtl.of(ttlNs, () -> nowNs);
    }

    /** The state that stands beside the model. */
    abstract OffHeapState state();

    /** A state of the same kind with nothing in it, which keeps what the routing says. */
    abstract OffHeapState fresh(KeyRouting routing);

    /** Does one random thing to state and model, and compares what comes out. */
    abstract void act(SplittableRandom random);

    /** Hands all values of a state, or those changed in this epoch, to a sink. */
    abstract void collect(OffHeapState state, boolean onlyChanged, Sink sink);

    /** Takes a value. */
    interface Sink {
        void add(String key, String member, String value);
    }

    final void advance(final long toNs) {
        if (beganNs == NOT_BEGUN) {
            beganNs = toNs;
        }
        nowNs = toNs;
    }

    final boolean visible(final Item item) {
        if (ttlNs == 0 || nowNs == NOT_BEGUN) {
            return true;
        }
        return (item.expiryNs == NOT_BEGUN ? beganNs + ttlNs : item.expiryNs) > nowNs;
    }

    final Item item(final String memberKey, final String value) {
        return new Item(memberKey, value, nowNs == NOT_BEGUN ? NOT_BEGUN : nowNs + ttlNs);
    }

    /** The visible value of a key, or of a member of it; null if there is none. */
    final String value(final String text, final String memberKey) {
        return expected.getOrDefault(text, List.of()).stream()
            .filter(item -> visible(item) && item.member.equals(memberKey))
            .map(item -> item.value).findFirst().orElse(null);
    }

    final void set(final String text, final Item item) {
        final List<Item> items = expected.computeIfAbsent(text, absent -> new ArrayList<>());
        items.removeIf(old -> old.member.equals(item.member));
        items.add(item);
    }

    final boolean delete(final String text, final String memberKey) {
        final boolean there = value(text, memberKey) != null;
        expected.getOrDefault(text, new ArrayList<>()).removeIf(item -> item.member.equals(memberKey));
        return there;
    }

    final void endEpoch() {
        expected.values().forEach(items -> items.forEach(item -> item.changed = false));
    }

    /** Compares a state with the model. */
    final void check(final OffHeapState state) {
        assertThat(contentOf(state, false)).isEqualTo(content(false, false));
        assertThat(contentOf(state, true)).isEqualTo(content(true, true));
    }

    /** Content of the model: values of a key in order, or sorted. */
    final Map<String, List<String>> content(final boolean onlyChanged, final boolean sorted) {
        final Map<String, List<String>> content = new TreeMap<>();
        expected.forEach((text, items) -> {
            final List<String> values = new ArrayList<>();
            for (final Item item : items) {
                if (visible(item) && (!onlyChanged || item.changed)) {
                    values.add(item.member + "=" + item.value);
                }
            }
            if (!values.isEmpty()) {
                content.put(text, arranged(values, sorted));
            }
        });
        return content;
    }

    final Map<String, List<String>> contentOf(final OffHeapState state, final boolean onlyChanged) {
        final Map<String, List<String>> content = new TreeMap<>();
        collect(state, onlyChanged, (text, memberKey, value) ->
            content.computeIfAbsent(text, absent -> new ArrayList<>()).add(memberKey + "=" + value));
        content.replaceAll((text, values) -> arranged(values, onlyChanged));
        return content;
    }

    private List<String> arranged(final List<String> values, final boolean sorted) {
        if (sorted || !isOrdered()) {
            Collections.sort(values);
        }
        return values;
    }

    /** Whether the order of a key's values counts. */
    boolean isOrdered() {
        return false;
    }

    final String randomKey(final SplittableRandom random) {
        final int number = random.nextInt(keys);
        return switch (number % 5) {
            case 0 -> number == 0 ? "" : Integer.toString(number);
            case 1 -> "%08d".formatted(number);
            case 2 -> "key-%d-%s".formatted(number, "x".repeat(number % 90));
            default -> "%016d".formatted(number);
        };
    }

    static String randomValue(final SplittableRandom random) {
        final int what = random.nextInt(4_000);
        final int length = what == 0 ? LONGEST - random.nextInt(3)
            : what < 100 ? random.nextInt(6_000) : random.nextInt(60);
        return length == 0
            ? "" : Integer.toString(random.nextInt(10)).repeat(length - 1) + (char) ('a' + random.nextInt(26));
    }

    static int put(final UnsafeBuffer into, final String text) {
        final byte[] latin = text.getBytes(StandardCharsets.ISO_8859_1);
        into.putBytes(3, latin);
        return latin.length;
    }

    static String text(final DirectBuffer buffer, final int offset, final int length) {
        return buffer.getStringWithoutLengthAscii(offset, length);
    }
}
