/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class KeyHashTest {
    /** Hashes decide where keys are stored: if this fails, existing streams are read wrongly. */
    @Test
    void shouldNeverChange() {
        assertThat(KeyHash.of(0)).isEqualTo(-2152535657050944081L);
        assertThat(KeyHash.of(1)).isEqualTo(-7995527694508729151L);
        assertThat(KeyHash.of(-1)).isEqualTo(-1956407806741107680L);
        assertThat(KeyHash.of(42)).isEqualTo(-4767286540954276203L);
        assertThat(KeyHash.of(Long.MAX_VALUE)).isEqualTo(3055647633038352039L);
        assertThat(KeyHash.of("")).isEqualTo(-2152535657050944081L);
        assertThat(KeyHash.of("a")).isEqualTo(7075883509774426401L);
        assertThat(KeyHash.of("peregrine")).isEqualTo(-8660358492889054074L);
        assertThat(KeyHash.of("12345678")).isEqualTo(-7376008144377214286L);
        assertThat(KeyHash.of("twelve bytes")).isEqualTo(-1271257468103481164L);
        assertThat(KeyHash.of("ad:men/17")).isEqualTo(1817194634405988737L);
        assertThat(KeyHash.of("0123456789abcdef0")).isEqualTo(4142723798654875659L);
        assertThat(KeyHash.bucket(KeyHash.of("peregrine"), 7)).isEqualTo(3);
        assertThat(KeyHash.bucket(KeyHash.of("12345678"), 7)).isEqualTo(4);
        assertThat(KeyHash.bucket(KeyHash.of("ad:men/17"), 7)).isEqualTo(0);
    }

    @Property(tries = 300)
    void shouldPutEveryHashIntoBucket(@ForAll final long hash, @ForAll @IntRange(min = 1, max = 100_000) final int n) {
        assertThat(KeyHash.bucket(hash, n)).isBetween(0, n - 1);
    }

    @Property(tries = 300)
    void shouldNotDependOnWhereTheBytesLie(
        @ForAll @Size(max = 100) final byte[] key, @ForAll @IntRange(max = 20) final int offset) {
        final UnsafeBuffer shifted = new UnsafeBuffer(new byte[key.length + 40]);
        shifted.setMemory(0, shifted.capacity(), (byte) 0x5A);
        shifted.putBytes(offset, key);
        assertThat(KeyHash.of(shifted, offset, key.length))
            .isEqualTo(KeyHash.of(new UnsafeBuffer(key), 0, key.length));
    }

    @Test
    void shouldSpreadCountedKeysEvenly() {
        final int[] numbers = new int[8];
        final int[] texts = new int[8];
        for (int i = 0; i < 80_000; i++) {
            numbers[KeyHash.bucket(KeyHash.of(i), 8)]++;
            texts[KeyHash.bucket(KeyHash.of("key-" + i), 8)]++;
        }
        assertThat(Arrays.stream(numbers).boxed()).allMatch(n -> n > 9_500 && n < 10_500);
        assertThat(Arrays.stream(texts).boxed()).allMatch(n -> n > 9_500 && n < 10_500);
    }
}
