/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.time.EngineClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.agrona.BufferUtil;
import org.agrona.collections.Long2LongHashMap;

/**
 * Keeps of each key only the latest record, in the sealed segments of a partition. A record that goes becomes padding of
 * its length that still counts as a record, so positions, numbers and indexes stay what they were.
 *
 * <p>A round reads the segments once to learn the latest position of each key, then rewrites them from the oldest on. A
 * segment is replaced as a whole, so a stop at any moment leaves a log in which each key still has its latest record; what
 * was read is on the disk before the first goes. A round starts when what was never compacted is at least as much as what
 * was, or the time of a tombstone has come. If the keys do not fit into the {@link KeyTable}, they are split by their
 * hashes and each part has its own pass.
 *
 * <p>What stays besides the latest record of each key: records without a key; the last record of each producer, and its
 * last with a transaction id, by which duplicates are known after a restart; a message of several frames that lies in
 * more than one segment, since it could not go in one step. A tombstone stays until its time is over, nothing older of
 * its key is left, and nobody is in an earlier segment as it was before, where he would see what it deleted.
 */
final class KeyCompaction {
    private static final int DEFAULT_LEVEL = 3;
    private static final int MAX_SPLIT_BITS = 16;
    private static final long PAUSE_NS = 1_000_000_000L;

    private final PartitionLog log;
    private final SegmentDirectory segments;
    private final StorageConfig storage;
    private final int maxKeys;
    /** What is known of compacted segments: the oldest tombstone of each that waits for its time. */
    private final TreeMap<Long, Long> compacted = new TreeMap<>();
    private boolean headersRead;
    private long waitUntilNs = Long.MIN_VALUE;
    private boolean checked;
    private long checkedNs;

    private Round round;

    private static final class Round {
        private final List<Long> bases;
        private final Long2LongHashMap lastRecords = new Long2LongHashMap(-1);
        private final Long2LongHashMap lastTransactions = new Long2LongHashMap(-1);
        private int splitBits;
        private int part;
        private KeyTable keys;
        private RecordScan scan;
        private boolean overflow;
        private boolean mapping = true;
        private int next;
        private boolean outdatedHeld;
        private long youngestNs;

        Round(final List<Long> bases) {
            this.bases = bases;
        }
    }

    KeyCompaction(final PartitionLog log, final StorageConfig storage, final int maxKeys) {
        this.log = log;
        this.segments = log.directory();
        this.storage = storage;
        this.maxKeys = maxKeys;
    }

    private static long nowNs() {
        return EngineClock.INSTANCE.nanoTime();
    }

    /** One step, of at most one segment; false if there is nothing to do now. */
    boolean step(final List<Long> candidates) throws IOException {
        if (round == null) {
            if (checked && System.nanoTime() - checkedNs < PAUSE_NS || !isDue(candidates)) {
                return false;
            }
            round = new Round(new ArrayList<>(candidates));
            beginPass();
        }
        if (round.mapping) {
            map();
        } else if (round.next < round.bases.size()) {
            rewrite(round.bases.get(round.next++));
        } else if (round.part + 1 < 1 << round.splitBits) {
            round.part++;
            beginPass();
        } else {
            abandon();
        }
        return true;
    }

    /** Forgets the round; the next one begins anew. */
    void abandon() {
        round = null;
    }

    private void beginPass() {
        round.keys = new KeyTable(maxKeys, KeyTable.MAX_KEY_BYTES);
        round.scan = new RecordScan(log);
        round.overflow = false;
        round.mapping = true;
        round.next = 0;
    }

    private boolean isDue(final List<Long> candidates) throws IOException {
        checked = true;
        checkedNs = System.nanoTime();
        readHeaders(candidates);
        final long now = nowNs();
        if (candidates.isEmpty() || now < waitUntilNs) {
            return false;
        }
        compacted.headMap(candidates.get(0)).clear(); // truncated
        final int clean = compacted.size();
        final int dirty = candidates.size() - clean;
        final boolean overdue = compacted.values().stream().anyMatch(oldest -> isOver(oldest, now));
        return dirty > 0 && dirty >= clean
            || overdue && !segments.isOutdatedHeldBefore(candidates.get(candidates.size() - 1));
    }

    private boolean isOver(final long timestampNs, final long now) {
        return timestampNs != Long.MAX_VALUE && timestampNs <= now - storage.tombstonesNs();
    }

    /** A sum that may be beyond the highest number. */
    private static long sum(final long timestampNs, final long lengthNs) {
        return timestampNs > Long.MAX_VALUE - lengthNs ? Long.MAX_VALUE : timestampNs + lengthNs;
    }

    private void readHeaders(final List<Long> candidates) throws IOException {
        if (headersRead) {
            return;
        }
        for (final long base : candidates) {
            final Path file = segments.file(base);
            if (file != null && PackedSegmentDescriptor.isPacked(file)) {
                try (PackedSegmentReader reader = new PackedSegmentReader(log.config().files(), file)) {
                    if (reader.compactedTo() > 0) {
                        compacted.put(base, reader.oldestTombstoneNs());
                    }
                } catch (final NoSuchFileException e) {
                    if (segments.file(base) != null) {
                        throw e;
                    } // else truncated just now
                }
            }
        }
        headersRead = true;
    }

    /** Learns the latest records from one segment; the first that is too young ends the round's part of the log. */
    private void map() throws IOException {
        final Segment segment = segments.copyOf(round.bases.get(round.next));
        if (segment == null) {
            abandon(); // truncated: begin anew
            return;
        }
        try {
            round.youngestNs = Long.MIN_VALUE;
            round.scan.scan(segment, this::learn);
        } finally {
            BufferUtil.free(segment.mapping());
        }
        if (round.overflow) {
            if (round.splitBits == MAX_SPLIT_BITS) {
                throw new IOException("a key is longer than the table of keys");
            }
            round.splitBits++;
            round.part = 0;
            beginPass();
            return;
        }
        final long mappedTo = round.bases.get(round.next) + log.config().segmentLength();
        if (storage.minLagNs() > 0 && round.youngestNs > nowNs() - storage.minLagNs()) { // one without a record has no time
            waitUntilNs = sum(round.youngestNs, storage.minLagNs());
            round.bases.subList(round.next, round.bases.size()).clear();
        } else {
            round.next++;
        }
        if (round.next == round.bases.size()) {
            // a power cut must not take the latest record of a key when the older one is gone
            log.forceRange(segments.firstBase(), mappedTo);
            round.mapping = false;
            round.next = 0;
            round.scan = new RecordScan(log);
        }
    }

    private void learn(final RecordScan record) {
        round.youngestNs = Math.max(round.youngestNs, record.timestampNs());
        if (record.producerId() != 0) {
            round.lastRecords.put(record.producerId(), record.position());
            if (record.transactionId() >= 0) {
                round.lastTransactions.put(record.producerId(), record.position());
            }
        }
        if (isOurs(record) && !round.overflow) {
            round.overflow =
                !round.keys.put(record.hash(), record.key(), 0, record.keyLength(), record.position());
        }
    }

    private boolean isOurs(final RecordScan record) {
        return record.hasKey()
            && (record.hash() * 0xC2B2AE3D27D4EB4FL >>> 64 - MAX_SPLIT_BITS & (1 << round.splitBits) - 1) == round.part;
    }

    private void rewrite(final long base) throws IOException {
        final Segment segment = segments.copyOf(base);
        if (segment == null) {
            abandon();
            return;
        }
        try {
            final long[] found = {0, Long.MAX_VALUE};
            round.outdatedHeld = segments.isOutdatedHeldBefore(base);
            round.scan.scan(segment, record -> judge(record, found));
            final boolean again = compacted.containsKey(base);
            final long oldest = round.part > 0 ? Math.min(found[1], compacted.get(base)) : found[1];
            if (found[0] > 0 || !again) {
                write(segment, oldest);
            }
            compacted.put(base, oldest);
        } finally {
            BufferUtil.free(segment.mapping());
        }
    }

    /** Counts what it removes, and finds the oldest tombstone that waits for its time. */
    private void judge(final RecordScan record, final long[] found) {
        if (!isOurs(record)) {
            return;
        }
        final int slot = round.keys.find(record.hash(), record.key(), 0, record.keyLength());
        if (slot < 0) {
            return;
        }
        final boolean needed = record.isSpanning() || isLastOfProducer(record);
        if (record.position() < round.keys.position(slot)) {
            if (needed) {
                round.keys.pin(slot);
            } else {
                record.remove();
                found[0]++;
            }
        } else if (record.isTombstone() && !needed && !round.keys.isPinned(slot)) {
            if (!round.outdatedHeld && isOver(record.timestampNs(), nowNs())) {
                record.remove();
                found[0]++;
            } else {
                found[1] = Math.min(found[1], record.timestampNs());
            }
        }
    }

    private boolean isLastOfProducer(final RecordScan record) {
        return record.producerId() != 0 && (round.lastRecords.get(record.producerId()) == record.position()
            || round.lastTransactions.get(record.producerId()) == record.position());
    }

    private void write(final Segment segment, final long oldestTombstoneNs) throws IOException {
        final PartitionConfig config = log.config();
        final Path building = config.directory().resolve(
            PackedSegmentDescriptor.fileName(segment.basePosition()) + PackedSegmentDescriptor.BUILDING);
        final int level = storage.compressionLevel() == 0 ? DEFAULT_LEVEL : storage.compressionLevel();
        try (PackedSegmentWriter writer = new PackedSegmentWriter(config.files(), building, segment, level)) {
            final ByteBuffer data = segment.mapping().duplicate();
            int from = SegmentDescriptor.HEADER_LENGTH;
            while (!writer.isComplete()) {
                writer.add(data.clear().limit(from + writer.blockLength()).position(from));
                from += writer.blockLength();
            }
            writer.compacted(round.bases.get(round.bases.size() - 1) + config.segmentLength(), oldestTombstoneNs);
            writer.finish();
        }
        if (!segments.replace(segment.basePosition(), building)) {
            config.files().delete(building);
        }
    }
}
