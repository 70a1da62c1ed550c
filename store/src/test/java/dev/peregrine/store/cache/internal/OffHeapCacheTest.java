/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store.cache.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.ClosedException;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.jvm.JvmFlags;
import dev.peregrine.core.testing.ChildJvm;
import dev.peregrine.store.Cache;
import dev.peregrine.store.CacheConfig;
import dev.peregrine.store.CacheStats;
import dev.peregrine.store.Caches;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.CachedEpochClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OffHeapCacheTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final int MIB = 1 << 20;

    private final CachedEpochClock clock = new CachedEpochClock();
    private final Cache cache = open(MIB, 64);

    private Cache open(final long capacity, final int itemBytes) {
        clock.update(NOW);
        return Caches.open(new CacheConfig("c", capacity, itemBytes), clock);
    }

    @AfterEach
    void closeCache() {
        cache.close();
    }

    private static byte[] bytes(final String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static UnsafeBuffer key(final String text) {
        return new UnsafeBuffer(bytes(text));
    }

    private boolean remove(final String key) {
        return cache.remove(key(key), 0, bytes(key).length);
    }

    @Test
    void shouldReturnTheValueLastPut() {
        assertThat(cache.get("a")).isNull();
        assertThat(cache.put("a", bytes("one"), Cache.NO_TTL)).isTrue();
        assertThat(cache.put("b", bytes("two"), Cache.NO_TTL)).isTrue();
        assertThat(cache.get("a")).isEqualTo(bytes("one"));
        cache.put("a", bytes("another, which is longer"), Cache.NO_TTL);
        assertThat(cache.get("a")).isEqualTo(bytes("another, which is longer"));
        assertThat(cache.get("b")).isEqualTo(bytes("two"));
        assertThat(remove("a")).isTrue();
        assertThat(remove("a")).isFalse();
        assertThat(cache.get("a")).isNull();
        assertThat(cache.get("b")).isEqualTo(bytes("two"));
    }

    @Test
    void shouldHoldEmptyKeysAndValues() {
        cache.put("", bytes("x"), Cache.NO_TTL);
        cache.put("empty", new byte[0], Cache.NO_TTL);
        assertThat(cache.get("")).isEqualTo(bytes("x"));
        assertThat(cache.get("empty")).isEmpty();
    }

    @Test
    void shouldTellTheLengthWithoutCopyingIfThereIsNoRoom() {
        cache.put("a", bytes("value"), Cache.NO_TTL);
        final UnsafeBuffer into = new UnsafeBuffer(new byte[8]);
        assertThat(cache.get(key("a"), 0, 1, into, 1, 4)).isEqualTo(5);
        assertThat(into.byteArray()).containsOnly(0);
        assertThat(cache.get(key("xax"), 1, 1, into, 1, 5)).isEqualTo(5);
        assertThat(into.byteArray()).isEqualTo(bytes("\0value\0\0"));
        assertThat(cache.get(key("b"), 0, 1, into, 0, 8)).isEqualTo(Cache.MISSING);
    }

    @Test
    void shouldNotFindWhatHasExpired() {
        cache.put("short", bytes("x"), 100);
        cache.put("long", bytes("y"), 3_600_000);
        cache.put("ever", bytes("z"), Cache.NO_TTL);
        clock.update(NOW + 99);
        assertThat(cache.get("short")).isNotNull();
        clock.update(NOW + 100);
        assertThat(cache.get("short")).isNull();
        assertThat(remove("short")).as("it is gone already").isFalse();
        clock.update(NOW + 3_600_000);
        assertThat(cache.get("long")).isNull();
        clock.update(Long.MAX_VALUE / 4);
        assertThat(cache.get("ever")).isNotNull();
        final CacheStats stats = cache.stats();
        assertThat(stats.expirations()).isEqualTo(2);
        assertThat(stats.items()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 10, 999, 1_000, 1_023, 1_024, 5_000, 60_000, 3_600_000, 86_400_000L, 30 * 86_400_000L})
    void shouldExpireNeverLateAndLittleEarly(final long ttl) {
        for (long start = NOW; start < NOW + 5_000; start += 517) {
            clock.update(start);
            cache.put("k" + start, bytes("v"), ttl);
            clock.update(start + ttl - 1 - ttl / 1_000);
            assertThat(cache.get("k" + start)).isNotNull();
            clock.update(start + ttl);
            assertThat(cache.get("k" + start)).isNull();
        }
    }

    @Test
    void shouldFreeTheRoomOfWhatHasExpiredBeforeItEvicts() {
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < 2_000; i++) {
                cache.put("r" + round + "k" + i, new byte[100], 1_000);
            }
            clock.advance(2_000);
        }
        final CacheStats stats = cache.stats();
        assertThat(stats.evictions()).isZero();
        assertThat(stats.expirations()).isEqualTo(40_000);
        assertThat(stats.items()).isZero();
        assertThat(stats.usedBytes()).isZero();
    }

    @Test
    void shouldTakeAClockThatGoesBack() {
        cache.put("a", bytes("x"), 10_000);
        clock.update(NOW - 1_000_000);
        assertThat(cache.get("a")).isNotNull();
        cache.put("b", bytes("y"), 10_000);
        clock.update(NOW - 1_000_000 + 10_000);
        assertThat(cache.get("b")).isNull();
        assertThat(cache.get("a")).isNotNull();
    }

    @Test
    void shouldRefuseANegativeTtl() {
        assertThatThrownBy(() -> cache.put("a", bytes("x"), -1)).isInstanceOf(ConfigurationException.class);
    }

    @Test
    void shouldNotStoreWhatIsTooLongAndForgetWhatThatReplaces() {
        cache.put("a", bytes("old"), Cache.NO_TTL);
        assertThat(cache.put("a", new byte[MIB], Cache.NO_TTL)).isFalse();
        assertThat(cache.get("a")).as("a cache must not return what was replaced").isNull();
        final String longestKey = "k".repeat(2047);
        assertThat(cache.put(longestKey, bytes("x"), Cache.NO_TTL)).isTrue();
        assertThat(cache.get(longestKey)).isEqualTo(bytes("x"));
        assertThat(cache.put(longestKey + "k", bytes("x"), Cache.NO_TTL)).isFalse();
        assertThat(cache.get(longestKey + "k")).isNull();
        try (Cache large = open(64 * MIB, 64)) {
            final byte[] value = new byte[MIB];
            new Random(1).nextBytes(value);
            assertThat(large.put("a", value, Cache.NO_TTL)).isTrue();
            assertThat(large.get("a")).isEqualTo(value);
            assertThat(large.put("a", new byte[MIB + 1], Cache.NO_TTL)).isFalse();
        }
    }

    @Test
    void shouldFillASegmentToItsLastByte() {
        final int longest = 16 * 1024 - ItemDescriptor.HEADER_LENGTH - 1;
        for (int i = 0; i < 400; i++) {
            final byte[] value = new byte[longest];
            Arrays.fill(value, (byte) i);
            assertThat(cache.put("" + (char) ('a' + i % 20), value, Cache.NO_TTL)).isTrue();
            assertThat(cache.get("" + (char) ('a' + i % 20))).isEqualTo(value);
        }
        assertThat(cache.put("a", new byte[longest + 1], Cache.NO_TTL)).isFalse();
    }

    @Test
    void shouldCountWhatItDoes() {
        cache.put("a", bytes("x"), Cache.NO_TTL);
        cache.put("a", bytes("y"), Cache.NO_TTL);
        cache.get("a");
        cache.get("a");
        cache.get("b");
        final CacheStats stats = cache.stats();
        assertThat(stats.hits()).isEqualTo(2);
        assertThat(stats.misses()).isEqualTo(1);
        assertThat(stats.puts()).isEqualTo(2);
        assertThat(stats.items()).isEqualTo(1);
        assertThat(stats.evictions()).isZero();
        assertThat(stats.usedBytes()).isPositive().isLessThan(stats.capacityBytes());
    }

    @Test
    void shouldRefuseEverythingOnceClosed() {
        cache.put("a", bytes("x"), Cache.NO_TTL);
        cache.close();
        cache.close();
        assertThatThrownBy(() -> cache.get("a")).isInstanceOf(ClosedException.class).hasMessageContaining("cache c");
        assertThatThrownBy(() -> cache.put("a", bytes("x"), 0)).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> cache.put("a", new byte[MIB], 0)).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> cache.put("a".repeat(3_000), bytes("x"), 0)).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> remove("a")).isInstanceOf(ClosedException.class);
        assertThatThrownBy(cache::stats).isInstanceOf(ClosedException.class);
    }

    /** Whatever the hint, all the memory of a cache stays within what was asked for. */
    @ParameterizedTest
    @CsvSource({
        "1048576, 1", "1048576, 64", "1048576, 2000", "1048576, 2147483647", "1500000, 100", "67108863, 64",
        "67108864, 64", "67108864, 100000", "1073741824, 1", "68719476736, 1", "68719476736, 64",
        "1099511627776, 8", "1099511627776, 4000"})
    void shouldKeepItsLayoutWithinTheBound(final long capacity, final int itemBytes) {
        for (int cores = 1; cores <= 128; cores *= 2) {
            final CacheLayout layout = CacheLayout.of(new CacheConfig("c", capacity, itemBytes), cores);
            assertThat(layout.totalBytes()).isLessThanOrEqualTo(capacity).isGreaterThan(capacity * 9 / 10);
            assertThat((long) layout.bucketsPerShard() * IndexDescriptor.BUCKET_LENGTH).isLessThan(1L << 30);
            assertThat(layout.controlLength()).isPositive();
            assertThat(layout.segmentsPerShard()).isGreaterThanOrEqualTo(3);
        }
    }

    @Test
    void shouldRefuseImpossibleSizes() {
        assertThatThrownBy(() -> new CacheConfig("c", MIB - 1)).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> new CacheConfig(" ", MIB)).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> new CacheConfig("c", MIB, 0)).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> Caches.open(new CacheConfig("c", Long.MAX_VALUE)))
            .isInstanceOf(ConfigurationException.class).hasMessageContaining("cache c");
    }

    /** Fills a cache that fits in a JVM of its own that may use less. */
    static final class TooLarge {
        private TooLarge() {
        }

        public static void main(final String[] arguments) {
            try {
                Caches.open(new CacheConfig("c", 16L * MIB));
            } catch (final ConfigurationException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void shouldNameTheFlagIfTheJvmMayNotUseSoMuchMemory() throws Exception {
        final List<String> flags = new ArrayList<>(JvmFlags.forRelease(Runtime.version().feature()));
        flags.add("-XX:MaxDirectMemorySize=4m");
        try (ChildJvm child = ChildJvm.start(TooLarge.class, flags)) {
            assertThat(child.readAll()).singleElement().asString()
                .contains("cache c").contains("-XX:MaxDirectMemorySize");
        }
    }

    /** An item costs its header in a segment and its index entry; all segments but the open one are full. */
    @ParameterizedTest
    @CsvSource({"8, 24", "16, 48", "16, 84", "24, 200"})
    void shouldCostAtMostSixteenBytesPerItem(final int keyLength, final int valueLength) {
        final CacheLayout layout = new CacheLayout(1, 64, 128 * 1024, 32 * 1024);
        try (Cache filled = new OffHeapCache("c", layout, clock, 1)) {
            final int items = 32 * layout.segmentLength() / (keyLength + valueLength);
            put(filled, keyLength, valueLength, items);
            final CacheStats stats = filled.stats();
            assertThat(stats.items()).as("full index buckets cost next to nothing")
                .isGreaterThan(items * 999L / 1000);
            final double inSegments = (double) (stats.usedBytes() - layout.segmentLength()) / stats.items();
            assertThat(inSegments + IndexDescriptor.ENTRY_LENGTH).isLessThanOrEqualTo(keyLength + valueLength + 16);
        }
    }

    /** With the reserve segments, dead items and free index slots counted as well, a tenth or so of a small cache. */
    @ParameterizedTest
    @CsvSource({"8, 24", "16, 48", "16, 84", "24, 200", "32, 1000"})
    void shouldStayFilledWhileItEvicts(final int keyLength, final int valueLength) {
        final long capacity = 8L * MIB;
        try (Cache filled = open(capacity, keyLength + valueLength)) {
            put(filled, keyLength, valueLength, 3 * capacity / (keyLength + valueLength));
            final CacheStats stats = filled.stats();
            assertThat(stats.evictions()).isPositive();
            assertThat(stats.items() * (keyLength + valueLength + 16)).isGreaterThan(capacity * 85 / 100);
            assertThat(stats.usedBytes()).isLessThanOrEqualTo(capacity);
        }
    }

    private static void put(final Cache into, final int keyLength, final int valueLength, final long items) {
        final UnsafeBuffer key = new UnsafeBuffer(new byte[keyLength]);
        final UnsafeBuffer value = new UnsafeBuffer(new byte[valueLength]);
        for (long i = 0; i < items; i++) {
            key.putLong(0, i);
            into.put(key, 0, keyLength, value, 0, valueLength, Cache.NO_TTL);
        }
    }
}
