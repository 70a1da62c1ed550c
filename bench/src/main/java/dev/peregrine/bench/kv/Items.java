/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.kv;

import dev.peregrine.bench.rig.Payload;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import org.agrona.concurrent.UnsafeBuffer;

/** Keys of 16 bytes and a value of 100, as YCSB's workload B has them; and the order in which they are used. */
public final class Items {
    /** Length of a key, bytes. */
    public static final int KEY_LENGTH = 16;
    /** Length of a value, bytes. */
    public static final int VALUE_LENGTH = 100;
    private static final int CHOICES = 1 << 20;
    private static final double ZIPF = 0.99;
    private static final long SEED = 42;

    private final int count;
    private final UnsafeBuffer keys;
    private final UnsafeBuffer value = Payload.of(VALUE_LENGTH);

    /** So many items. */
    public Items(final int count) {
        this.count = count;
        this.keys = Payload.of(count * KEY_LENGTH);
        for (int i = 0; i < count; i++) {
            keys.putBytes(i * KEY_LENGTH, key(i).getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** Number of items. */
    public int count() {
        return count;
    }

    /** All keys, one behind the other, off-heap. */
    public UnsafeBuffer keys() {
        return keys;
    }

    /** An item's key as text. */
    public String key(final int item) {
        return String.format(Locale.ROOT, "user%012d", item);
    }

    /** All keys as texts. */
    public String[] keyTexts() {
        final String[] texts = new String[count];
        Arrays.setAll(texts, this::key);
        return texts;
    }

    /** All keys as arrays. */
    public byte[][] keyArrays() {
        final byte[][] arrays = new byte[count][KEY_LENGTH];
        for (int i = 0; i < count; i++) {
            keys.getBytes(i * KEY_LENGTH, arrays[i]);
        }
        return arrays;
    }

    /** The value to store, off-heap. */
    public UnsafeBuffer value() {
        return value;
    }

    /** The value as a new array. */
    public byte[] newValue() {
        final byte[] copy = new byte[VALUE_LENGTH];
        value.getBytes(0, copy);
        return copy;
    }

    /** Items in random order, each as likely as the others. */
    public int[] uniform() {
        return new SplittableRandom(SEED).ints(CHOICES, 0, count).toArray();
    }

    /** Items in random order, few of them used often: Zipf's law with exponent 0.99, spread over the keys. */
    public int[] zipf() {
        final double[] cumulative = new double[count];
        double sum = 0;
        for (int rank = 0; rank < count; rank++) {
            sum += 1 / Math.pow(rank + 1, ZIPF);
            cumulative[rank] = sum;
        }
        final double total = sum;
        final int[] spread = new SplittableRandom(SEED + 1).ints(0, count).limit(count).toArray();
        final SplittableRandom random = new SplittableRandom(SEED);
        final int[] choices = new int[CHOICES];
        Arrays.setAll(choices, i -> {
            final int found = Arrays.binarySearch(cumulative, random.nextDouble() * total);
            return spread[Math.min(count - 1, found < 0 ? ~found : found)];
        });
        return choices;
    }

    /** Stores every item, and checks that they are there: what follows measures hits. */
    public void fill(final KeyValues into) {
        final KeyValues.Client client = into.newClient();
        for (int i = 0; i < count; i++) {
            client.put(i);
        }
        int found = 0;
        for (int i = 0; i < count; i++) {
            found += client.get(i) ? 1 : 0;
        }
        if (found < count * 0.999) {
            throw new IllegalStateException("only " + found + " of " + count + " items were kept");
        }
    }
}
