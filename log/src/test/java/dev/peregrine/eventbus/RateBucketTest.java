/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class RateBucketTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private static RateBucket records(final long perSecond) {
        return new RateBucket("l", perSecond, false, false, 0);
    }

    private static int taken(final RateBucket bucket, final int tries, final long nowNs) {
        int taken = 0;
        for (int i = 0; i < tries; i++) {
            taken += bucket.take(1, 0, nowNs) ? 1 : 0;
        }
        return taken;
    }

    @Test
    void shouldHoldOneSecondAndFillAtTheRate() {
        final RateBucket bucket = records(100);
        assertThat(taken(bucket, 1_000, 0)).isEqualTo(100);
        assertThat(bucket.waitNs(1, 0, 0)).isBetween(SECOND / 100 - 1, SECOND / 100 + 1);
        assertThat(taken(bucket, 1_000, SECOND / 2)).isEqualTo(50);
        assertThat(taken(bucket, 1_000, 100 * SECOND)).isEqualTo(100);
    }

    @Test
    void shouldCountBytesAndPayOffWhatIsLargerThanItself() {
        final RateBucket bucket = new RateBucket("l", 1_000, true, false, 0);
        assertThat(bucket.take(1, 5_000, 0)).isTrue();
        assertThat(bucket.take(1, 1, SECOND)).isFalse();
        assertThat(bucket.waitNs(1, 1, SECOND)).isBetween(3 * SECOND, 3 * SECOND + SECOND / 500);
        assertThat(bucket.take(1, 1, 4 * SECOND + SECOND / 500)).isTrue();
        assertThat(bucket.take(1, 5_000, 5 * SECOND)).isFalse();
        assertThat(bucket.waitNs(1, 5_000, 5 * SECOND)).isLessThan(SECOND);
        assertThat(bucket.take(1, 5_000, 5 * SECOND + bucket.waitNs(1, 5_000, 5 * SECOND))).isTrue();
    }

    @Test
    void shouldTakeBackWhatWasNotUsed() {
        final RateBucket bucket = records(10);
        assertThat(taken(bucket, 10, 0)).isEqualTo(10);
        bucket.giveBack(3, 0);
        assertThat(taken(bucket, 10, 0)).isEqualTo(3);
    }

    /** Whatever the rate and the clock's steps: never more than a bucketful and the rate, and not much less. */
    @Property(tries = 200)
    void shouldAllowTheRateWhateverTheSteps(
        @ForAll @LongRange(min = 1, max = 3_000_000) final long perSecond, @ForAll final long seed) {
        final RateBucket bucket = records(perSecond);
        final Random random = new Random(seed);
        long now = 0;
        long taken = 0;
        for (int i = 0; i < 2_000; i++) {
            now += random.nextInt((int) Math.min(SECOND, 4 * SECOND / perSecond));
            taken += bucket.take(1, 0, now) ? 1 : 0;
        }
        final double allowed = perSecond + perSecond * (double) now / SECOND;
        assertThat((double) taken).isLessThanOrEqualTo(allowed * 1.001 + 1);
        assertThat((double) taken).isGreaterThanOrEqualTo(Math.min(2_000, perSecond * 0.999 * now / SECOND / 4));
    }

    @Test
    void shouldNotGiveMoreToManyThreads() throws InterruptedException {
        final RateBucket bucket = new RateBucket("l", 50_000, false, true, 0);
        final AtomicInteger taken = new AtomicInteger();
        final Thread[] threads = new Thread[4];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = new Thread(() -> taken.addAndGet(RateBucketTest.taken(bucket, 20_000, 0)));
            threads[i].start();
        }
        for (final Thread thread : threads) {
            thread.join();
        }
        assertThat(taken.get()).isEqualTo(50_000);
    }
}
