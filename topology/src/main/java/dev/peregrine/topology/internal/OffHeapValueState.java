/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.state.KeyedValueState;
import java.nio.ByteBuffer;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.collections.IntArrayList;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Keyed state in an off-heap table with open addressing and linear probing (Knuth, TAOCP 3, 6.4), at most half full,
 * doubled when it grows. Removal moves the rest of the probe chain back, so that there are no tombstones. Used by one
 * thread.
 */
public final class OffHeapValueState implements KeyedValueState {
    private static final int INITIAL_ENTRIES = 1024;

    private final long id;
    private final String name;
    private final int maxKeyLength;
    private final int valueLength;
    private final int keyOffset;
    private final int stride;
    private final UnsafeBuffer longKey = new UnsafeBuffer(BufferUtil.allocateDirectAligned(8, 8));

    private UnsafeBuffer buffer;
    private int mask;
    private int size;
    /** Entries changed in this epoch, by index; entries that moved are found by {@link #changedOverflow}. */
    private final IntArrayList changed = new IntArrayList();
    private boolean changedOverflow;
    private StateLog removalLog;

    /** A state of values of one fixed length, bytes. */
    public OffHeapValueState(final String name, final long id, final int maxKeyLength, final int valueLength) {
        this.name = name;
        this.id = id;
        this.maxKeyLength = maxKeyLength;
        this.valueLength = valueLength;
        this.keyOffset = StateEntryDescriptor.VALUE_OFFSET + BitUtil.align(valueLength, BitUtil.SIZE_OF_LONG);
        this.stride = keyOffset + BitUtil.align(maxKeyLength, BitUtil.SIZE_OF_LONG);
        allocate(INITIAL_ENTRIES);
    }

    /** Hears of removals, which leave no entry behind to be logged at the epoch's end. */
    void removalLog(final StateLog log) {
        removalLog = log;
    }

    /** Identity of this state in the topology's log. */
    public long id() {
        return id;
    }

    int valueLength() {
        return valueLength;
    }

    private void allocate(final int entries) {
        final long bytes = (long) entries * stride;
        if (bytes > Integer.MAX_VALUE - 64) {
            throw new IllegalStateException("state " + name + " would need " + bytes
                + " bytes in one instance: raise the component's parallelism");
        }
        buffer = new UnsafeBuffer(ByteBuffer.allocateDirect((int) bytes)); // no slice: it is freed by hand
        mask = entries - 1;
    }

    @Override
    public MutableDirectBuffer buffer() {
        return buffer;
    }

    @Override
    public int size() {
        return size;
    }

    /** Bytes of memory held. */
    public long bytes() {
        return buffer.capacity();
    }

    @Override
    public int get(final DirectBuffer key, final int offset, final int length) {
        final int entry = find(key, offset, length, KeyHash.of(key, offset, length));
        return entry < 0 ? MISSING : entry * stride + StateEntryDescriptor.VALUE_OFFSET;
    }

    @Override
    public int getOrCreate(final long key) {
        final long hash = KeyHash.ofBytes(key);
        int entry = findLong(key, hash);
        if (entry < 0) {
            longKey.putLong(0, key);
            entry = insert(longKey, 0, Long.BYTES, hash);
        }
        return changed(entry);
    }

    @Override
    public int getOrCreate(final DirectBuffer key, final int offset, final int length) {
        final long hash = KeyHash.of(key, offset, length);
        final int entry = find(key, offset, length, hash);
        return changed(entry < 0 ? insert(key, offset, length, hash) : entry);
    }

    /** Notes that an entry changes in this epoch; returns the offset of its value. */
    private int changed(final int entry) {
        final int at = entry * stride;
        if (buffer.getInt(at + StateEntryDescriptor.CHANGED_OFFSET) == 0) {
            buffer.putInt(at + StateEntryDescriptor.CHANGED_OFFSET, 1);
            changed.addInt(entry);
        }
        return at + StateEntryDescriptor.VALUE_OFFSET;
    }

    /** Index of the key's entry, or the complement of the free one where it belongs. */
    private int find(final DirectBuffer key, final int offset, final int length, final long hash) {
        int entry = (int) hash & mask;
        while (true) {
            final int at = entry * stride;
            final int stored = buffer.getInt(at + StateEntryDescriptor.KEY_LENGTH_OFFSET);
            if (stored == 0) {
                return ~entry;
            }
            if (stored == length + 1 && buffer.getLong(at + StateEntryDescriptor.HASH_OFFSET) == hash
                && sameKey(at + keyOffset, key, offset, length)) {
                return entry;
            }
            entry = (entry + 1) & mask;
        }
    }

    /** As {@link #find} for a key of eight bytes: one comparison per entry met. */
    private int findLong(final long key, final long hash) {
        int entry = (int) hash & mask;
        while (true) {
            final int at = entry * stride;
            final int stored = buffer.getInt(at + StateEntryDescriptor.KEY_LENGTH_OFFSET);
            if (stored == 0) {
                return ~entry;
            }
            if (stored == Long.BYTES + 1 && buffer.getLong(at + keyOffset) == key) {
                return entry;
            }
            entry = (entry + 1) & mask;
        }
    }

    private boolean sameKey(final int at, final DirectBuffer key, final int offset, final int length) {
        int i = 0;
        for (; i <= length - Long.BYTES; i += Long.BYTES) {
            if (buffer.getLong(at + i) != key.getLong(offset + i)) {
                return false;
            }
        }
        for (; i < length; i++) {
            if (buffer.getByte(at + i) != key.getByte(offset + i)) {
                return false;
            }
        }
        return true;
    }

    private int insert(final DirectBuffer key, final int offset, final int length, final long hash) {
        if (length > maxKeyLength) {
            throw new IllegalArgumentException("key of " + length + " bytes in state " + name
                + ", which was declared for at most " + maxKeyLength);
        }
        if (size >= (mask + 1) / 2) {
            grow();
        }
        final int entry = ~find(key, offset, length, hash);
        final int at = entry * stride;
        buffer.setMemory(at, stride, (byte) 0);
        buffer.putLong(at + StateEntryDescriptor.HASH_OFFSET, hash);
        buffer.putInt(at + StateEntryDescriptor.KEY_LENGTH_OFFSET, length + 1);
        buffer.putBytes(at + keyOffset, key, offset, length);
        size++;
        return entry;
    }

    private void grow() {
        final UnsafeBuffer old = buffer;
        final int entries = mask + 1;
        allocate(entries * 2);
        changed.clear();
        for (int i = 0; i < entries; i++) {
            final int from = i * stride;
            if (old.getInt(from + StateEntryDescriptor.KEY_LENGTH_OFFSET) != 0) {
                int entry = (int) old.getLong(from + StateEntryDescriptor.HASH_OFFSET) & mask;
                while (buffer.getInt(entry * stride + StateEntryDescriptor.KEY_LENGTH_OFFSET) != 0) {
                    entry = (entry + 1) & mask;
                }
                buffer.putBytes(entry * stride, old, from, stride);
                if (old.getInt(from + StateEntryDescriptor.CHANGED_OFFSET) != 0) {
                    changed.addInt(entry);
                }
            }
        }
        BufferUtil.free(old.byteBuffer());
    }

    @Override
    public boolean remove(final DirectBuffer key, final int offset, final int length) {
        final int entry = find(key, offset, length, KeyHash.of(key, offset, length));
        if (entry < 0) {
            return false;
        }
        if (removalLog != null) {
            removalLog.removed(this, buffer, entry * stride + keyOffset, length);
        }
        removeEntry(entry);
        return true;
    }

    /** Removes a key while restoring: nothing is logged. */
    void forget(final DirectBuffer key, final int offset, final int length) {
        final int entry = find(key, offset, length, KeyHash.of(key, offset, length));
        if (entry >= 0) {
            removeEntry(entry);
        }
    }

    private void removeEntry(final int removed) {
        int hole = removed;
        int entry = removed;
        while (true) {
            entry = (entry + 1) & mask;
            final int at = entry * stride;
            if (buffer.getInt(at + StateEntryDescriptor.KEY_LENGTH_OFFSET) == 0) {
                break;
            }
            final int home = (int) buffer.getLong(at + StateEntryDescriptor.HASH_OFFSET) & mask;
            if (((entry - home) & mask) >= ((entry - hole) & mask)) {
                buffer.putBytes(hole * stride, buffer, at, stride);
                changedOverflow = true; // indexes in the list no longer hold: the next visit scans
                hole = entry;
            }
        }
        buffer.setMemory(hole * stride, stride, (byte) 0);
        changedOverflow = true;
        size--;
    }

    @Override
    public void forEachChanged(final EntryVisitor visitor) {
        if (changedOverflow) {
            visit(visitor, true);
            return;
        }
        for (int i = 0; i < changed.size(); i++) {
            visitEntry(changed.getInt(i), visitor);
        }
    }

    @Override
    public void forEach(final EntryVisitor visitor) {
        visit(visitor, false);
    }

    private void visit(final EntryVisitor visitor, final boolean onlyChanged) {
        for (int entry = 0; entry <= mask; entry++) {
            final int at = entry * stride;
            if (buffer.getInt(at + StateEntryDescriptor.KEY_LENGTH_OFFSET) != 0
                && (!onlyChanged || buffer.getInt(at + StateEntryDescriptor.CHANGED_OFFSET) != 0)) {
                visitEntry(entry, visitor);
            }
        }
    }

    private void visitEntry(final int entry, final EntryVisitor visitor) {
        final int at = entry * stride;
        visitor.onEntry(buffer, at + keyOffset,
            buffer.getInt(at + StateEntryDescriptor.KEY_LENGTH_OFFSET) - 1, at + StateEntryDescriptor.VALUE_OFFSET);
    }

    /** Starts the next epoch: nothing counts as changed. */
    public void clearChanged() {
        if (changedOverflow) {
            for (int entry = 0; entry <= mask; entry++) {
                buffer.putInt(entry * stride + StateEntryDescriptor.CHANGED_OFFSET, 0);
            }
            changedOverflow = false;
        } else {
            for (int i = 0; i < changed.size(); i++) {
                buffer.putInt(changed.getInt(i) * stride + StateEntryDescriptor.CHANGED_OFFSET, 0);
            }
        }
        changed.clear();
    }

    void close() {
        BufferUtil.free(buffer.byteBuffer());
        buffer = new UnsafeBuffer(0, 0);
    }
}
