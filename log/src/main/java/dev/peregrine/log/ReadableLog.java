/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * What all readers of a partition have in common: how far each {@link ReadIsolation} lets them go, whether they pass
 * damage, and what they have met. Its methods are those of {@link PartitionLog}, and may be called from any thread.
 */
abstract class ReadableLog extends LogLookUps {
    private volatile LongSupplier committedBy;
    private final Damage damage;
    private final LongAdder gaps = new LongAdder();

    ReadableLog(final String name) {
        this.damage = new Damage(name);
    }

    /** Everything before it is on disk. */
    abstract long durablePosition();

    /**
     * End of what readers with {@link ReadIsolation#COMMITTED} may see; {@link Long#MAX_VALUE} if no transactional writer
     * has taken the log.
     */
    public long committedPosition() {
        final LongSupplier committed = committedBy;
        return committed == null ? Long.MAX_VALUE : committed.getAsLong();
    }

    /**
     * Names who commits the records of this log in transactions. The engine's topologies write tables and no streams, so
     * none of them does; it is for a writer that lets several records count at once.
     *
     * @param position the position behind the last record that counts; never goes back; called by any thread, at each
     *     poll of such a reader. Null: all that is visible counts.
     */
    public void committedBy(final LongSupplier position) {
        committedBy = position;
    }

    /**
     * Says what readers do, from their next poll on, at frames that fail their checksum, and at compressed segments that
     * cannot be unpacked: with true they report the range as a gap ({@link Gap.Cause#DAMAGED}) and go on at the next intact
     * frame, looking for one as far as the segment's end; with false, as at first, they throw. The records behind have the
     * numbers that the index gave them where it has an entry behind the damage, which it has about every 64 KiB; up to
     * there, or as long as there is none, they have a negative one. A message of several frames with damage between them is
     * passed too, and uses its number up. Seeking through damage and reading backwards through it throw in either case, and
     * so do recovery and the topologies' own logs.
     */
    public void skipDamage(final boolean skip) {
        damage.skipped(skip);
    }

    /** How many damaged ranges readers have passed since the log was opened; several readers count as one. */
    public long damagedRanges() {
        return damage.ranges();
    }

    /** How many gaps its readers have met since the log was opened, all together; see {@link PartitionReader#gaps}. */
    public long gaps() {
        return gaps.sum();
    }

    void onGap() {
        gaps.increment();
    }

    Damage damage() {
        return damage;
    }

    long boundOf(final ReadIsolation isolation) {
        return switch (isolation) {
            case VISIBLE -> Long.MAX_VALUE;
            case DURABLE -> durablePosition();
            case COMMITTED -> committedPosition();
        };
    }
}
