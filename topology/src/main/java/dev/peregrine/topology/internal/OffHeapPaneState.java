/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.state.Pane;
import dev.peregrine.topology.state.PaneState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.DirectBuffer;

/**
 * Panes in the order of their ids, each a {@link PaneTable}. In the topology's log an entry's member key is the pane's id
 * and, in lists, the entry's. Used by one thread.
 */
public final class OffHeapPaneState implements PaneState, KeptState {
    private static final int MAX_SPARE = 16;
    private static final long UNKNOWN = Long.MIN_VALUE;

    private final String name;
    private final long id;
    private final int valueLength;
    private final boolean lists;
    private final KeyRouting routing;
    private final StateLog log;
    private final List<PaneTable> spare = new ArrayList<>();
    private PaneTable[] panes = new PaneTable[8];
    private int count;
    private PaneTable last;
    private long mark = UNKNOWN;
    private long loggedMark = UNKNOWN;
    private long sweepPane;
    private int sweepEntry;

    /** Panes of values of a fixed length, or, if that is negative, of lists of values of any length. */
    OffHeapPaneState(
        final String name, final long id, final int valueLength, final KeyRouting routing, final StateLog log) {
        this.name = name;
        this.id = id;
        this.valueLength = valueLength;
        this.lists = valueLength < 0;
        this.routing = routing;
        this.log = log;
    }

    /** A state that nothing keeps. */
    public static OffHeapPaneState inMemory(final String name, final int valueLength) {
        return new OffHeapPaneState(name, 0, valueLength, new KeyRouting(false, 0, 1), null);
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public int firstFrom(final long paneId) {
        int low = 0;
        int high = count;
        while (low < high) {
            final int middle = low + high >>> 1;
            if (panes[middle].id() < paneId) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    @Override
    public Pane get(final long paneId) {
        return table(paneId);
    }

    private PaneTable table(final long paneId) {
        if (last != null && last.id() == paneId) {
            return last;
        }
        final int index = firstFrom(paneId);
        if (index == count || panes[index].id() != paneId) {
            return null;
        }
        last = panes[index];
        return last;
    }

    @Override
    public Pane getOrCreate(final long paneId) {
        final PaneTable found = table(paneId);
        return found == null ? insert(paneId) : found;
    }

    private PaneTable insert(final long paneId) {
        final PaneTable table;
        if (spare.isEmpty()) {
            table = new PaneTable(name, valueLength, routing);
            table.removals(this::removing);
        } else {
            table = spare.remove(spare.size() - 1);
        }
        table.id(paneId);
        if (count == panes.length) {
            panes = Arrays.copyOf(panes, count * 2);
        }
        final int index = firstFrom(paneId);
        System.arraycopy(panes, index, panes, index + 1, count - index);
        panes[index] = table;
        count++;
        last = table;
        return table;
    }

    @Override
    public void drop(final long paneId) {
        final PaneTable table = table(paneId);
        if (table != null) {
            if (table.isLogged() && log != null) {
                log.begin(id, StateEntryDescriptor.PANE_DROPPED, 0, Long.BYTES, 0, 0);
                log.put(paneId);
                log.commit(routing.hash());
            }
            take(paneId);
        }
    }

    private void take(final long paneId) {
        final int index = firstFrom(paneId);
        final PaneTable table = panes[index];
        System.arraycopy(panes, index + 1, panes, index, count - index - 1);
        panes[--count] = null;
        last = null;
        if (paneId == sweepPane) {
            sweepEntry = Pane.MISSING; // should a pane of this id come again, it is swept from its start
        }
        if (spare.size() < MAX_SPARE) {
            table.reset();
            spare.add(table);
        } else {
            table.close();
        }
    }

    private void removing(final PaneTable table, final int entry) {
        if (log != null) {
            final int keyLength = table.keyLength(entry);
            log.begin(id, StateEntryDescriptor.REMOVED, keyLength, memberLength(), 0, 0);
            putKeys(log, table, entry, keyLength);
            log.commit(table.keyHash(entry));
        }
    }

    private int memberLength() {
        return lists ? 2 * Long.BYTES : Long.BYTES;
    }

    private void putKeys(final StateLog into, final PaneTable table, final int entry, final int keyLength) {
        into.put(table.buffer(), table.keyOffset(entry), keyLength);
        into.put(table.id());
        if (lists) {
            into.put(table.idOf(entry));
        }
    }

    private void logEntry(final StateLog into, final PaneTable table, final int entry) {
        final int keyLength = table.keyLength(entry);
        final int length = table.valueLength(entry);
        into.begin(id, StateEntryDescriptor.PUT, keyLength, memberLength(), length, 0);
        putKeys(into, table, entry, keyLength);
        into.put(table.buffer(), entry, length);
        into.commit(table.keyHash(entry));
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public Pane at(final int index) {
        return panes[index];
    }

    @Override
    public long mark() {
        return mark;
    }

    @Override
    public void mark(final long value) {
        mark = Math.max(mark, value);
    }

    @Override
    public long size() {
        long size = 0;
        for (int i = 0; i < count; i++) {
            size += panes[i].size();
        }
        return size;
    }

    @Override
    public long bytes() {
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            bytes += panes[i].bytes();
        }
        for (int i = 0; i < spare.size(); i++) {
            bytes += spare.get(i).bytes();
        }
        return bytes;
    }

    @Override
    public long stateHash() {
        long hash = KeyHash.of(mark);
        for (int i = 0; i < count; i++) {
            final PaneTable table = panes[i];
            for (int entry = table.first(); entry != Pane.MISSING; entry = table.next(entry)) {
                final long key = KeyHash.of(table.buffer(), table.keyOffset(entry), table.keyLength(entry));
                final long value = KeyHash.of(table.buffer(), entry, table.valueLength(entry));
                hash += KeyHash.of(KeyHash.of(key ^ KeyHash.of(table.id())) ^ KeyHash.of(table.idOf(entry)) + value);
            }
        }
        return hash;
    }

    @Override
    public void logChanged(final StateLog into) {
        for (int i = 0; i < count; i++) {
            final PaneTable table = panes[i];
            final int changes = table.changedCount();
            for (int change = 0; change < changes; change++) {
                final int entry = table.takeChanged(change);
                if (entry != Pane.MISSING) {
                    logEntry(into, table, entry);
                }
            }
        }
        if (mark != loggedMark) {
            loggedMark = mark;
            into.begin(id, StateEntryDescriptor.CLOCK, 0, 0, 0, mark);
            into.commit(0);
        }
    }

    @Override
    public void beginSweep() {
        sweepPane = Long.MIN_VALUE;
        sweepEntry = Pane.MISSING;
        loggedMark = UNKNOWN;
    }

    @Override
    public boolean sweep(final StateLog into, final long budgetBytes) {
        final long limit = into.written() + budgetBytes;
        int index = firstFrom(sweepPane);
        while (index < count) {
            final PaneTable table = panes[index];
            if (table.id() != sweepPane) {
                sweepPane = table.id();
                sweepEntry = Pane.MISSING;
            }
            int entry = sweepEntry == Pane.MISSING ? table.first() : table.from(sweepEntry);
            while (entry != Pane.MISSING) {
                if (into.written() >= limit) {
                    sweepEntry = entry;
                    return false;
                }
                logEntry(into, table, entry);
                entry = table.next(entry);
            }
            if (sweepPane == Long.MAX_VALUE) {
                break;
            }
            sweepPane++;
            sweepEntry = Pane.MISSING;
            index = firstFrom(sweepPane);
        }
        return true;
    }

    @Override
    public void endEpoch() {
        for (int i = 0; i < count; i++) {
            panes[i].clearChanged();
        }
    }

    @Override
    public void restore(final long routingHash, final DirectBuffer record, final int at) {
        final int keyLength = record.getInt(at + StateEntryDescriptor.LOG_KEY_LENGTH_OFFSET);
        final int keyAt = at + StateEntryDescriptor.LOG_KEY_OFFSET;
        final int kind = record.getInt(at + StateEntryDescriptor.LOG_KIND_OFFSET);
        if (kind == StateEntryDescriptor.CLOCK) {
            mark(record.getLong(at + StateEntryDescriptor.LOG_EXPIRY_OFFSET));
            return;
        }
        final int members = record.getInt(at + StateEntryDescriptor.LOG_MEMBER_LENGTH_OFFSET);
        final long paneId = record.getLong(keyAt + keyLength);
        if (kind == StateEntryDescriptor.PANE_DROPPED) {
            if (table(paneId) != null) {
                take(paneId);
            }
            return;
        }
        final int length = record.getInt(at + StateEntryDescriptor.LOG_VALUE_LENGTH_OFFSET);
        if (members != memberLength() || kind == StateEntryDescriptor.PUT && !lists && length != valueLength) {
            throw new PeregrineException("state " + name + " has other values in the log, of " + length
                + " bytes, than it is declared with: give the changed state another name");
        }
        final long entryId = lists ? record.getLong(keyAt + keyLength + Long.BYTES) : 0;
        final PaneTable table = (PaneTable) getOrCreate(paneId);
        if (kind == StateEntryDescriptor.PUT) {
            final int entry = table.restore(record, keyAt, keyLength, entryId, length, routingHash);
            table.buffer().putBytes(entry, record, keyAt + keyLength + members, length);
        } else if (kind == StateEntryDescriptor.REMOVED) {
            final int entry = table.find(record, keyAt, keyLength, entryId);
            if (entry != Pane.MISSING) {
                table.forget(entry);
            }
        } else {
            throw new PeregrineException("state " + name + " has a record of kind " + kind
                + " in the log: a later version wrote it");
        }
    }

    @Override
    public void restored() {
        loggedMark = mark;
    }

    @Override
    public void close() {
        for (int i = 0; i < count; i++) {
            panes[i].close();
        }
        spare.forEach(PaneTable::close);
        count = 0;
        spare.clear();
        last = null;
    }
}
