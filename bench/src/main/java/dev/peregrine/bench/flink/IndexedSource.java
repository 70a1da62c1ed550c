/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.flink;

import dev.peregrine.bench.rig.RunClock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * A bounded source of Flink that makes its events in memory. Of n instances, instance i hands out every n-th event from
 * number i on, so that event time moves alike in all of them. Flat out, or each event when it is due on a fixed schedule
 * that {@link RunClock} starts. Its place is part of Flink's checkpoints.
 *
 * @param <T> the event.
 */
public final class IndexedSource<T> implements Source<T, IndexedSource.Share, List<IndexedSource.Share>>,
    ResultTypeQueryable<T> {
    private static final long serialVersionUID = 1;
    private static final int BATCH = 64;
    private static final long LONGEST_SLEEP_NS = TimeUnit.MICROSECONDS.toNanos(200);

    private final IndexedEvents<T> events;
    private final long count;
    private final TypeInformation<T> type;
    private final long ratePerSecond;

    /**
     * All events as fast as they are taken, or paced.
     *
     * @param count number of events of all instances.
     * @param ratePerSecond of all instances together; 0 for flat out.
     */
    public IndexedSource(
        final IndexedEvents<T> events, final long count, final TypeInformation<T> type, final long ratePerSecond) {
        this.events = events;
        this.count = count;
        this.type = type;
        this.ratePerSecond = ratePerSecond;
    }

    /** What an instance has still to hand out: every {@code step}-th event from {@code next} on. */
    public static final class Share implements SourceSplit {
        private final int task;
        private final int step;
        private long next;

        Share(final int task, final int step, final long next) {
            this.task = task;
            this.step = step;
            this.next = next;
        }

        @Override
        public String splitId() {
            return Integer.toString(task);
        }
    }

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.BOUNDED;
    }

    @Override
    public TypeInformation<T> getProducedType() {
        return type;
    }

    @Override
    public SourceReader<T, Share> createReader(final SourceReaderContext context) {
        return new Reader();
    }

    @Override
    public SplitEnumerator<Share, List<Share>> createEnumerator(final SplitEnumeratorContext<Share> context) {
        final List<Share> shares = new ArrayList<>();
        for (int i = 0; i < context.currentParallelism(); i++) {
            shares.add(new Share(i, context.currentParallelism(), i));
        }
        return new Shares(context, shares);
    }

    @Override
    public SplitEnumerator<Share, List<Share>> restoreEnumerator(
        final SplitEnumeratorContext<Share> context, final List<Share> left) {
        return new Shares(context, left);
    }

    @Override
    public SimpleVersionedSerializer<Share> getSplitSerializer() {
        return new ShareSerializer();
    }

    @Override
    public SimpleVersionedSerializer<List<Share>> getEnumeratorCheckpointSerializer() {
        return new SharesSerializer();
    }

    /** Gives each reader its share, once. */
    private static final class Shares implements SplitEnumerator<Share, List<Share>> {
        private final SplitEnumeratorContext<Share> context;
        private final Map<Integer, Share> left = new HashMap<>();

        Shares(final SplitEnumeratorContext<Share> context, final List<Share> shares) {
            this.context = context;
            shares.forEach(share -> left.put(share.task, share));
        }

        @Override
        public void start() {
            // readers announce themselves
        }

        @Override
        public void handleSplitRequest(final int task, final String host) {
            // no reader asks
        }

        @Override
        public void addSplitsBack(final List<Share> shares, final int task) {
            shares.forEach(share -> left.put(share.task, share));
        }

        @Override
        public void addReader(final int task) {
            final Share share = left.remove(task);
            if (share != null) {
                context.assignSplit(share, task);
            }
            context.signalNoMoreSplits(task);
        }

        @Override
        public List<Share> snapshotState(final long checkpoint) {
            return List.copyOf(left.values());
        }

        @Override
        public void close() {
            // holds nothing
        }
    }

    private final class Reader implements SourceReader<T, Share> {
        private final CompletableFuture<Void> assigned = new CompletableFuture<>();
        private Share share;

        @Override
        public void start() {
            // waits for its share
        }

        @Override
        public InputStatus pollNext(final ReaderOutput<T> output) {
            if (share == null) {
                return assigned.isDone() ? InputStatus.END_OF_INPUT : InputStatus.NOTHING_AVAILABLE;
            }
            RunClock.start();
            for (int i = 0; i < BATCH && share.next < count; i++) {
                if (ratePerSecond > 0 && !isDue()) {
                    return InputStatus.MORE_AVAILABLE;
                }
                output.collect(events.at(share.next));
                share.next += share.step;
            }
            return share.next < count ? InputStatus.MORE_AVAILABLE : InputStatus.END_OF_INPUT;
        }

        private boolean isDue() {
            final long early = RunClock.dueNs(share.next, ratePerSecond) - System.nanoTime();
            if (early > 0) {
                LockSupport.parkNanos(Math.min(early, LONGEST_SLEEP_NS)); // shorter than Flink's own wait for a mail
            }
            return early <= 0;
        }

        @Override
        public List<Share> snapshotState(final long checkpoint) {
            return share == null ? List.of() : List.of(new Share(share.task, share.step, share.next));
        }

        @Override
        public CompletableFuture<Void> isAvailable() {
            return assigned;
        }

        @Override
        public void addSplits(final List<Share> shares) {
            share = shares.get(0);
            assigned.complete(null);
        }

        @Override
        public void notifyNoMoreSplits() {
            assigned.complete(null);
        }

        @Override
        public void close() {
            // holds nothing
        }
    }

    private static final class ShareSerializer implements SimpleVersionedSerializer<Share> {
        static final int LENGTH = Integer.BYTES * 2 + Long.BYTES;

        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(final Share share) {
            return put(ByteBuffer.allocate(LENGTH), share).array();
        }

        static ByteBuffer put(final ByteBuffer into, final Share share) {
            return into.putInt(share.task).putInt(share.step).putLong(share.next);
        }

        @Override
        public Share deserialize(final int version, final byte[] bytes) {
            return get(ByteBuffer.wrap(bytes));
        }

        static Share get(final ByteBuffer from) {
            return new Share(from.getInt(), from.getInt(), from.getLong());
        }
    }

    private static final class SharesSerializer implements SimpleVersionedSerializer<List<Share>> {
        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(final List<Share> shares) {
            final ByteBuffer buffer = ByteBuffer.allocate(shares.size() * ShareSerializer.LENGTH);
            shares.forEach(share -> ShareSerializer.put(buffer, share));
            return buffer.array();
        }

        @Override
        public List<Share> deserialize(final int version, final byte[] bytes) {
            final ByteBuffer buffer = ByteBuffer.wrap(bytes);
            final List<Share> shares = new ArrayList<>();
            while (buffer.hasRemaining()) {
                shares.add(ShareSerializer.get(buffer));
            }
            return shares;
        }
    }
}
