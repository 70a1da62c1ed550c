/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store.cache.internal;

import dev.peregrine.core.error.ClosedException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.agrona.BitUtil;

/**
 * Lets readers in without a lock, counts what they found, and tells who closes the cache when the last has left, so that
 * memory is never freed under a reader.
 *
 * <p>Each thread uses one of a few padded stripes, chosen by its id. A stripe's first word holds the readers now inside
 * (low {@value #INSIDE_BITS} bits) and the hits (the bits above), so that leaving and counting are one atomic addition;
 * its second word holds the misses.
 *
 * <p>Entering adds to the stripe, then reads {@code closed}; closing writes {@code closed}, then reads the stripes. Both
 * pairs are sequentially consistent (volatile), so at least one side sees the other: either the reader turns back, or
 * the closer waits for it.
 */
final class ReaderGate {
    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int INSIDE_BITS = 14;
    private static final long INSIDE_MASK = (1L << INSIDE_BITS) - 1;
    private static final long ONE_HIT = 1L << INSIDE_BITS;
    /** Two cache lines, because processors fetch them in pairs. */
    private static final int WORDS_PER_STRIPE = 16;
    private static final int STRIPES_PER_CORE = 4;
    private static final int MOST_STRIPES = 64;

    private final String cache;
    private final long[] words;
    private final int mask;
    private volatile boolean closed;

    ReaderGate(final String cache, final int cores) {
        this.cache = cache;
        final int stripes = BitUtil.findNextPositivePowerOfTwo(Math.min(MOST_STRIPES, cores * STRIPES_PER_CORE));
        mask = stripes - 1;
        // One stripe more in front keeps the array's own header off the first stripe's lines.
        words = new long[(stripes + 1) * WORDS_PER_STRIPE];
    }

    /**
     * Lets the calling thread in.
     *
     * @return the stripe, for {@link #leave(int, boolean)}.
     * @throws ClosedException if the cache was closed; the caller is not inside then.
     */
    int enter() {
        final int stripe = (((int) Thread.currentThread().getId() & mask) + 1) * WORDS_PER_STRIPE;
        WORD.getAndAdd(words, stripe, 1L); // volatile: before the read of closed
        if (closed) {
            WORD.getAndAdd(words, stripe, -1L);
            throw new ClosedException("cache " + cache + " is closed; open it again to use it");
        }
        return stripe;
    }

    /** Lets the calling thread out and counts one read. */
    void leave(final int stripe, final boolean hit) {
        if (!hit) {
            WORD.getAndAddRelease(words, stripe + 1, 1L);
        }
        // Release: all reads of the cache's memory happen before whoever sees that this reader has left.
        WORD.getAndAddRelease(words, stripe, hit ? ONE_HIT - 1 : -1L);
    }

    /** Turns away readers from now on; those inside may still be reading. */
    void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    /** Waits until the last reader has left, which takes no longer than the copy of one value. */
    void awaitEmpty() {
        for (int stripe = WORDS_PER_STRIPE; stripe < words.length; stripe += WORDS_PER_STRIPE) {
            while (((long) WORD.getVolatile(words, stripe) & INSIDE_MASK) != 0) {
                Thread.yield(); // a reader that lost its core inside needs ours to leave
            }
        }
    }

    long hits() {
        long hits = 0;
        for (int stripe = WORDS_PER_STRIPE; stripe < words.length; stripe += WORDS_PER_STRIPE) {
            hits += (long) WORD.getAcquire(words, stripe) >>> INSIDE_BITS;
        }
        return hits;
    }

    long misses() {
        long misses = 0;
        for (int stripe = WORDS_PER_STRIPE; stripe < words.length; stripe += WORDS_PER_STRIPE) {
            misses += (long) WORD.getAcquire(words, stripe + 1);
        }
        return misses;
    }
}
