/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.state.StateTtl;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** A state of one value per key. Used by one thread. */
abstract class OffHeapPlainState extends OffHeapState {
    private static final int VALUE_HASH_TURN = 17;

    OffHeapPlainState(final String name, final long id, final KeyRouting routing, final StateTtl ttl) {
        this(name, id, routing, ttl, new Slab(name, routing.memory()));
    }

    private OffHeapPlainState(
        final String name, final long id, final KeyRouting routing, final StateTtl ttl, final Slab slab) {
        super(name, id, slab, new EntryTable(name, slab, false, routing, ttl));
    }

    final int find(final DirectBuffer key, final int offset, final int length) {
        return table.find(EntryTable.NONE, key, offset, length, KeyHash.of(key, offset, length));
    }

    @Override
    final void drop(final int ref) {
        table.remove(ref);
    }

    /** Removes a key; returns whether it was there. What comes and goes within an epoch leaves nothing in the log. */
    public final boolean remove(final DirectBuffer key, final int offset, final int length) {
        final int ref = usable(find(key, offset, length));
        if (ref == EntryTable.NONE) {
            return false;
        }
        final StateLog log = removalLog();
        if (log != null && !table.isNew(ref)) {
            log.begin(id(), StateEntryDescriptor.REMOVED, length, 0, 0, 0);
            log.put(key, offset, length);
            log.commit(table.routingHash(ref));
        }
        table.remove(ref);
        return true;
    }

    /** Number of keys. */
    public final int size() {
        return table.size();
    }

    @Override
    final void logEntry(final StateLog log, final int ref) {
        final UnsafeBuffer memory = table.memory(ref);
        final int keyLength = table.keyLength(ref);
        final int valueLength = table.valueLength(ref);
        log.begin(id(), StateEntryDescriptor.PUT, keyLength, 0, valueLength, table.expiry(ref));
        log.put(memory, table.keyAt(ref), keyLength);
        log.put(memory, table.valueAt(ref), valueLength);
        log.commit(table.routingHash(ref));
    }

    @Override
    final void restoreEntry(
        final long routingHash, final DirectBuffer record, final int keyAt, final int keyLength,
        final int memberLength, final int valueLength, final long expiryNs) {
        final long hash = KeyHash.of(record, keyAt, keyLength);
        final int ref = table.find(EntryTable.NONE, record, keyAt, keyLength, hash);
        if (ref == EntryTable.NONE) {
            table.insert(EntryTable.NONE, record, keyAt, keyLength, hash, valueLength, routingHash);
        } else {
            table.resize(ref, valueLength);
        }
        table.restoreExpiry(expiryNs);
        table.memory().putBytes(
            table.at() + table.valueOffset(keyLength), record, keyAt + keyLength, valueLength);
    }

    @Override
    final void restoreRemoval(
        final DirectBuffer record, final int keyAt, final int keyLength, final int memberLength) {
        final int ref = find(record, keyAt, keyLength);
        if (ref != EntryTable.NONE) {
            table.remove(ref);
        }
    }

    @Override
    public final long stateHash() {
        long sum = 0;
        for (int bucket = 0; bucket < table.buckets(); bucket++) {
            int ref = table.first(bucket);
            while (ref != EntryTable.NONE) {
                if (!table.isExpired(ref)) {
                    final long value = KeyHash.of(table.memory(ref), table.valueAt(ref), table.valueLength(ref));
                    sum += KeyHash.of(table.hash(ref) ^ Long.rotateLeft(value, VALUE_HASH_TURN));
                }
                ref = table.next(ref);
            }
        }
        return sum;
    }
}
