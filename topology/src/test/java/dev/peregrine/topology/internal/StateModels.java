/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.topology.state.KeyedState;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The keyed states beside their models. */
final class StateModels {
    private StateModels() {
    }

    /** Values of eight bytes. */
    static final class OfValues extends StateModel {
        private final OffHeapValueState state;

        OfValues(final int keys, final long ttlNs, final long nowNs, final KeyRouting routing) {
            super(keys, ttlNs, nowNs);
            state = fresh(routing);
        }

        @Override
        OffHeapValueState fresh(final KeyRouting routing) {
            return new OffHeapValueState("value", 1, 128, Long.BYTES, routing, ttl());
        }

        @Override
        void act(final SplittableRandom random) {
            final String text = randomKey(random);
            final int length = put(key, text);
            final String before = value(text, "");
            final int what = random.nextInt(100);
            if (what < 10) {
                assertThat(state.remove(key, 3, length)).isEqualTo(delete(text, ""));
            } else if (what < 40) {
                final int at = state.get(key, 3, length);
                assertThat(at == KeyedState.MISSING ? null : Long.toString(state.buffer().getLong(at))).isEqualTo(before);
            } else {
                final int at = state.getOrCreate(key, 3, length);
                assertThat(state.buffer().getLong(at)).isEqualTo(before == null ? 0 : Long.parseLong(before));
                final long value = random.nextLong();
                state.buffer().putLong(at, value);
                set(text, item("", Long.toString(value)));
            }
        }

        @Override
        void collect(final OffHeapState from, final boolean onlyChanged, final Sink sink) {
            final OffHeapValueState values = (OffHeapValueState) from;
            if (onlyChanged) {
                values.forEachChanged((buffer, keyAt, keyLength, at) ->
                    sink.add(text(buffer, keyAt, keyLength), "", Long.toString(buffer.getLong(at))));
            } else {
                values.forEach((buffer, keyAt, keyLength, at) ->
                    sink.add(text(buffer, keyAt, keyLength), "", Long.toString(buffer.getLong(at))));
            }
        }

        @Override
        OffHeapState state() {
            return state;
        }
    }

    /** Numbers. */
    static final class OfCounters extends StateModel {
        private final OffHeapCounter state;

        OfCounters(final int keys, final long ttlNs, final long nowNs, final KeyRouting routing) {
            super(keys, ttlNs, nowNs);
            state = fresh(routing);
        }

        @Override
        OffHeapCounter fresh(final KeyRouting routing) {
            return new OffHeapCounter("counter", 2, routing, ttl());
        }

        @Override
        void act(final SplittableRandom random) {
            final String text = randomKey(random);
            final int length = put(key, text);
            final String before = value(text, "");
            final long old = before == null ? 0 : Long.parseLong(before);
            final long number = random.nextLong(-5, 1_000);
            final boolean isNumber = length == Long.BYTES;
            switch (random.nextInt(8)) {
                case 0 -> assertThat(state.remove(key, 3, length)).isEqualTo(delete(text, ""));
                case 1 -> assertThat(isNumber ? state.get(key.getLong(3)) : state.get(key, 3, length)).isEqualTo(old);
                case 2 -> assertThat(state.contains(key, 3, length)).isEqualTo(before != null);
                case 3 -> {
                    state.set(key, 3, length, number);
                    set(text, item("", Long.toString(number)));
                }
                default -> {
                    assertThat(isNumber ? state.add(key.getLong(3), number) : state.add(key, 3, length, number))
                        .isEqualTo(old + number);
                    set(text, item("", Long.toString(old + number)));
                }
            }
        }

        @Override
        void collect(final OffHeapState from, final boolean onlyChanged, final Sink sink) {
            final OffHeapCounter counters = (OffHeapCounter) from;
            if (onlyChanged) {
                counters.forEachChanged((buffer, keyAt, keyLength, value) ->
                    sink.add(text(buffer, keyAt, keyLength), "", Long.toString(value)));
            } else {
                counters.forEach((buffer, keyAt, keyLength, value) ->
                    sink.add(text(buffer, keyAt, keyLength), "", Long.toString(value)));
            }
        }

        @Override
        OffHeapState state() {
            return state;
        }
    }

    /** Values of any length. */
    static final class OfBytes extends StateModel {
        private final OffHeapBytesState state;

        OfBytes(final int keys, final long ttlNs, final long nowNs, final KeyRouting routing) {
            super(keys, ttlNs, nowNs);
            state = fresh(routing);
        }

        @Override
        OffHeapBytesState fresh(final KeyRouting routing) {
            return new OffHeapBytesState("bytes", 3, routing, ttl());
        }

        @Override
        void act(final SplittableRandom random) {
            final String text = randomKey(random);
            final int length = put(key, text);
            final int what = random.nextInt(100);
            if (what < 10) {
                assertThat(state.remove(key, 3, length)).isEqualTo(delete(text, ""));
            } else if (what < 40) {
                final int found = state.get(key, 3, length);
                assertThat(found == KeyedState.MISSING ? null : text(state.buffer(), state.offset(), found))
                    .isEqualTo(value(text, ""));
            } else {
                final String value = randomValue(random);
                final int valueLength = put(bytes, value);
                if (what < 70) {
                    state.put(key, 3, length, bytes, 3, valueLength);
                } else {
                    state.buffer().putBytes(state.claim(key, 3, length, valueLength), bytes, 3, valueLength);
                }
                set(text, item("", value));
            }
        }

        @Override
        void collect(final OffHeapState from, final boolean onlyChanged, final Sink sink) {
            final OffHeapBytesState values = (OffHeapBytesState) from;
            if (onlyChanged) {
                values.forEachChanged((buffer, keyAt, keyLength, at, length) ->
                    sink.add(text(buffer, keyAt, keyLength), "", text(buffer, at, length)));
            } else {
                values.forEach((buffer, keyAt, keyLength, at, length) ->
                    sink.add(text(buffer, keyAt, keyLength), "", text(buffer, at, length)));
            }
        }

        @Override
        OffHeapState state() {
            return state;
        }
    }

    /** Maps. */
    static final class OfMaps extends StateModel {
        private static final int MAP_KEYS = 40;
        private final OffHeapMapState state;

        OfMaps(final int keys, final long ttlNs, final long nowNs, final KeyRouting routing) {
            super(keys, ttlNs, nowNs);
            state = fresh(routing);
        }

        @Override
        OffHeapMapState fresh(final KeyRouting routing) {
            return new OffHeapMapState("map", 4, routing, ttl());
        }

        @Override
        void act(final SplittableRandom random) {
            final String text = randomKey(random);
            final String mapKey = "m".repeat(random.nextInt(3)) + random.nextInt(MAP_KEYS);
            final int length = put(key, text);
            final int memberLength = put(member, mapKey);
            final int what = random.nextInt(100);
            if (what < 10) {
                assertThat(state.remove(key, 3, length, member, 3, memberLength)).isEqualTo(delete(text, mapKey));
            } else if (what < 13) {
                final int visible = content(false, true).getOrDefault(text, List.of()).size();
                assertThat(state.size(key, 3, length)).isGreaterThanOrEqualTo(visible);
                assertThat(state.remove(key, 3, length)).isGreaterThanOrEqualTo(visible);
                expected.remove(text);
            } else if (what < 30) {
                final int found = state.get(key, 3, length, member, 3, memberLength);
                assertThat(found == KeyedState.MISSING ? null : text(state.buffer(), state.offset(), found))
                    .isEqualTo(value(text, mapKey));
            } else if (what < 35) {
                final List<String> entries = new ArrayList<>();
                state.forEach(key, 3, length, (buffer, mapKeyAt, mapKeyLength, at, valueLength) ->
                    entries.add(text(buffer, mapKeyAt, mapKeyLength) + "=" + text(buffer, at, valueLength)));
                assertThat(entries)
                    .containsExactlyInAnyOrderElementsOf(content(false, true).getOrDefault(text, List.of()));
            } else {
                final String value = randomValue(random);
                final int valueLength = put(bytes, value);
                state.put(key, 3, length, member, 3, memberLength, bytes, 3, valueLength);
                set(text, item(mapKey, value));
            }
        }

        @Override
        void collect(final OffHeapState from, final boolean onlyChanged, final Sink sink) {
            final OffHeapMapState maps = (OffHeapMapState) from;
            if (onlyChanged) {
                maps.forEachChanged((keys, keyAt, keyLength, buffer, mapKeyAt, mapKeyLength, at, length) -> sink.add(
                    text(keys, keyAt, keyLength), text(buffer, mapKeyAt, mapKeyLength), text(buffer, at, length)));
            } else {
                maps.forEach((keys, keyAt, keyLength, buffer, mapKeyAt, mapKeyLength, at, length) -> sink.add(
                    text(keys, keyAt, keyLength), text(buffer, mapKeyAt, mapKeyLength), text(buffer, at, length)));
            }
        }

        @Override
        OffHeapState state() {
            return state;
        }
    }

    /** Lists: each value is a member of its own. */
    static final class OfLists extends StateModel {
        private final OffHeapListState state;
        private long appended;

        OfLists(final int keys, final long ttlNs, final long nowNs, final KeyRouting routing) {
            super(keys, ttlNs, nowNs);
            state = fresh(routing);
        }

        @Override
        OffHeapListState fresh(final KeyRouting routing) {
            return new OffHeapListState("list", 5, routing, ttl());
        }

        @Override
        boolean isOrdered() {
            return true;
        }

        @Override
        void act(final SplittableRandom random) {
            final String text = randomKey(random);
            final int length = put(key, text);
            final int what = random.nextInt(100);
            final List<Item> items = expected.computeIfAbsent(text, absent -> new ArrayList<>());
            if (what < 15) {
                items.removeIf(item -> !visible(item));
                assertThat(state.removeFirst(key, 3, length)).isEqualTo(!items.isEmpty());
                if (!items.isEmpty()) {
                    items.remove(0);
                }
            } else if (what < 18) {
                final int visible = (int) items.stream().filter(this::visible).count();
                assertThat(state.size(key, 3, length)).isGreaterThanOrEqualTo(visible);
                assertThat(state.clear(key, 3, length)).isGreaterThanOrEqualTo(visible);
                items.clear();
            } else if (what < 25) {
                final List<String> values = new ArrayList<>();
                state.forEach(key, 3, length, (buffer, at, valueLength) -> values.add(text(buffer, at, valueLength)));
                assertThat(values).isEqualTo(items.stream().filter(this::visible).map(item -> item.value).toList());
            } else {
                final String value = randomValue(random) + appended++;
                final int valueLength = put(bytes, value.length() > 1 << 20 ? "long" : value);
                state.append(key, 3, length, bytes, 3, valueLength);
                items.add(item("", text(bytes, 3, valueLength)));
            }
        }

        @Override
        void collect(final OffHeapState from, final boolean onlyChanged, final Sink sink) {
            final OffHeapListState lists = (OffHeapListState) from;
            if (onlyChanged) {
                lists.forEachChanged((keys, keyAt, keyLength, buffer, at, length) ->
                    sink.add(text(keys, keyAt, keyLength), "", text(buffer, at, length)));
            } else {
                lists.forEach((keys, keyAt, keyLength, buffer, at, length) ->
                    sink.add(text(keys, keyAt, keyLength), "", text(buffer, at, length)));
            }
        }

        @Override
        OffHeapState state() {
            return state;
        }
    }
}
