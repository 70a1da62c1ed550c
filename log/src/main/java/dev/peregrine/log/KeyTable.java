/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import java.util.Arrays;
import org.agrona.DirectBuffer;

/**
 * The latest position of each key, in bounded memory: what a compaction goes by. A key is its hash and, where the record
 * carries them, its bytes, which are compared in full; only records without key bytes are told apart by their 64-bit hash
 * alone. Not thread-safe.
 *
 * <p>Open addressing in arrays that double up to the bound. The arrays live as long as a compaction.
 */
final class KeyTable {
    /** Longest table: 24 MiB of entries at 24 bytes. */
    static final int MAX_CAPACITY = 1 << 20;
    /** Bytes of keys that are kept. */
    static final int MAX_KEY_BYTES = 16 << 20;

    private static final int INITIAL_CAPACITY = 1 << 10;
    private static final int NO_BYTES = -1;
    private static final long MIX = 0x9E3779B97F4A7C15L;

    private final int maxCapacity;
    private final int maxKeyBytes;
    private long[] hashes = new long[INITIAL_CAPACITY];
    /** Position + 1 of the key's latest record; 0 is an empty slot; negative once an older record had to be kept. */
    private long[] positions = new long[INITIAL_CAPACITY];
    private int[] keyOffsets = new int[INITIAL_CAPACITY];
    private int[] keyLengths = new int[INITIAL_CAPACITY];
    private byte[] keys = new byte[INITIAL_CAPACITY];
    private int keysEnd;
    private int size;

    KeyTable(final int maxCapacity, final int maxKeyBytes) {
        this.maxCapacity = maxCapacity;
        this.maxKeyBytes = maxKeyBytes;
    }

    /**
     * Notes a record of a key; those of one key come in the order of the log.
     *
     * @param keyLength negative if the record has no key bytes.
     * @return false if there is no room: nothing was noted.
     */
    boolean put(
        final long hash, final DirectBuffer buffer, final int keyOffset, final int keyLength, final long position) {
        int slot = slotOf(hash, buffer, keyOffset, keyLength);
        if (positions[slot] == 0) {
            if (!makeRoom(Math.max(keyLength, 0))) {
                return false;
            }
            slot = slotOf(hash, buffer, keyOffset, keyLength);
            hashes[slot] = hash;
            keyOffsets[slot] = keysEnd;
            keyLengths[slot] = Math.max(keyLength, NO_BYTES);
            if (keyLength > 0) {
                buffer.getBytes(keyOffset, keys, keysEnd, keyLength);
                keysEnd += keyLength;
            }
            size++;
        }
        positions[slot] = position + 1;
        return true;
    }

    /** Slot of a key that was noted, or a negative number. */
    int find(final long hash, final DirectBuffer buffer, final int keyOffset, final int keyLength) {
        final int slot = slotOf(hash, buffer, keyOffset, keyLength);
        return positions[slot] == 0 ? -1 : slot;
    }

    /** Position of the latest record of a key. */
    long position(final int slot) {
        return Math.abs(positions[slot]) - 1;
    }

    /** An older record of the key stays in the log: the one that deletes the key must stay too. */
    void pin(final int slot) {
        positions[slot] = -Math.abs(positions[slot]);
    }

    boolean isPinned(final int slot) {
        return positions[slot] < 0;
    }

    private int slotOf(final long hash, final DirectBuffer buffer, final int keyOffset, final int keyLength) {
        final int mask = positions.length - 1;
        int slot = (int) (hash * MIX >>> 32) & mask;
        while (positions[slot] != 0 && !isKey(slot, hash, buffer, keyOffset, keyLength)) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private boolean isKey(
        final int slot, final long hash, final DirectBuffer buffer, final int keyOffset, final int keyLength) {
        if (hashes[slot] != hash || keyLengths[slot] != Math.max(keyLength, NO_BYTES)) {
            return false;
        }
        for (int i = 0; i < keyLength; i++) {
            if (keys[keyOffsets[slot] + i] != buffer.getByte(keyOffset + i)) {
                return false;
            }
        }
        return true;
    }

    private boolean makeRoom(final int keyBytes) {
        if (keysEnd + keyBytes > keys.length) {
            if (keysEnd + keyBytes > maxKeyBytes) {
                return false;
            }
            keys = Arrays.copyOf(keys, Math.min(maxKeyBytes, Math.max(2 * keys.length, keysEnd + keyBytes)));
        }
        if (size + 1 > positions.length / 2) {
            if (positions.length >= maxCapacity) {
                return false;
            }
            grow();
        }
        return true;
    }

    private void grow() {
        final long[] oldHashes = hashes;
        final long[] oldPositions = positions;
        final int[] oldOffsets = keyOffsets;
        final int[] oldLengths = keyLengths;
        final int capacity = 2 * oldPositions.length;
        final int mask = capacity - 1;
        hashes = new long[capacity];
        positions = new long[capacity];
        keyOffsets = new int[capacity];
        keyLengths = new int[capacity];
        for (int old = 0; old < oldPositions.length; old++) {
            if (oldPositions[old] != 0) {
                int slot = (int) (oldHashes[old] * MIX >>> 32) & mask;
                while (positions[slot] != 0) {
                    slot = slot + 1 & mask;
                }
                hashes[slot] = oldHashes[old];
                positions[slot] = oldPositions[old];
                keyOffsets[slot] = oldOffsets[old];
                keyLengths[slot] = oldLengths[old];
            }
        }
    }
}
