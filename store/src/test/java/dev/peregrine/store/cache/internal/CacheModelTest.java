/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store.cache.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.store.Cache;
import dev.peregrine.store.CacheConfig;
import dev.peregrine.store.Caches;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.agrona.concurrent.CachedEpochClock;
import org.agrona.concurrent.UnsafeBuffer;

/** Whatever is done, what a read returns is the value last put for its key, and not one that has expired. */
class CacheModelTest {
    private static final long NOW = 1_700_000_000_000L;

    /** One step; a burst puts many keys of its own, so that eviction runs. */
    enum Kind { PUT, PUT_WITH_TTL, REMOVE, GET, PASS_TIME, BURST, TOO_LONG }

    /** What is done to a key, and with what size or time. */
    record Step(Kind kind, int key, int amount) {
    }

    /** A value and the time from which it may not be returned. */
    private record Item(byte[] value, long deadline) {
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(Arbitraries.of(Kind.values()), Arbitraries.integers().between(0, 12),
            Arbitraries.integers().between(0, 14_000)).as(Step::new).list().ofMaxSize(120);
    }

    @Property(tries = 150)
    void shouldReturnTheLastValueOrNothing(@ForAll("steps") final List<Step> steps, @ForAll final Random random) {
        final CachedEpochClock clock = new CachedEpochClock();
        clock.update(NOW);
        final Map<String, Item> model = new HashMap<>();
        try (Cache cache = Caches.open(new CacheConfig("c", 1 << 20, 300), clock)) {
            for (final Step step : steps) {
                apply(step, cache, clock, model, random);
            }
            for (int key = 0; key <= 12; key++) {
                assertRight(cache, clock, model, "key" + key);
            }
        }
    }

    private static void apply(
        final Step step, final Cache cache, final CachedEpochClock clock, final Map<String, Item> model,
        final Random random) {
        final String key = "key" + step.key;
        switch (step.kind) {
            case PUT, PUT_WITH_TTL -> {
                final byte[] value = new byte[step.amount];
                random.nextBytes(value);
                final long ttl = step.kind == Kind.PUT ? Cache.NO_TTL : 1 + random.nextInt(20_000);
                assertThat(cache.put(key, value, ttl)).isTrue();
                model.put(key, new Item(value, ttl == Cache.NO_TTL ? Long.MAX_VALUE : clock.time() + ttl));
                assertRight(cache, clock, model, key);
            }
            case REMOVE -> {
                final byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
                final boolean removed =
                    cache.remove(new UnsafeBuffer(bytes), 0, bytes.length);
                final Item item = model.remove(key);
                assertThat(removed && (item == null || item.deadline <= clock.time())).isFalse();
                assertThat(cache.get(key)).isNull();
            }
            case GET -> assertRight(cache, clock, model, key);
            case PASS_TIME -> clock.advance(step.amount);
            case BURST -> {
                for (int i = 0; i < step.amount / 20; i++) {
                    final String other = "burst" + step.key + "-" + i;
                    final byte[] value = (other + "x".repeat(i % 900)).getBytes(
                        StandardCharsets.UTF_8);
                    cache.put(other, value, step.key % 2 == 0 ? Cache.NO_TTL : step.amount);
                    model.put(other, new Item(value, step.key % 2 == 0 ? Long.MAX_VALUE : clock.time() + step.amount));
                    assertRight(cache, clock, model, "burst" + step.key + "-" + i / 2);
                }
            }
            case TOO_LONG -> {
                assertThat(cache.put(key, new byte[1 << 20], Cache.NO_TTL)).isFalse();
                model.remove(key);
                assertThat(cache.get(key)).isNull();
            }
            default -> throw new AssertionError(step);
        }
    }

    private static void assertRight(
        final Cache cache, final CachedEpochClock clock, final Map<String, Item> model, final String key) {
        final byte[] found = cache.get(key);
        if (found != null) {
            final Item item = model.get(key);
            assertThat(item).as(key).isNotNull();
            assertThat(found).as(key).isEqualTo(item.value);
            assertThat(item.deadline).as(key).isGreaterThan(clock.time());
        }
    }
}
