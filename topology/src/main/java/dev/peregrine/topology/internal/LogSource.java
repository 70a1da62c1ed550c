/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.eventbus.Stream;
import dev.peregrine.log.Frame;
import dev.peregrine.log.FrameHandler;
import dev.peregrine.log.PartitionReader;
import dev.peregrine.topology.FigureNames;
import dev.peregrine.topology.time.TimestampExtractor;
import dev.peregrine.topology.time.WatermarkStrategy;
import java.util.Arrays;
import org.agrona.concurrent.NanoClock;

/** One instance of a source: reads its share of a stream's partitions and sends each record on. Used by one thread. */
final class LogSource implements FrameHandler {
    private static final int MAX_STAMPS = 8192;

    private final int componentId;
    private final Stream stream;
    private final int[] partitions;
    private final PartitionReader[] readers;
    private final long[] markedPositions;
    private final long[] markedOffsets;
    private final Outputs outputs = new Outputs(java.util.List.of());
    private final Output out = outputs.main();
    /** How far each partition may be read under at-most-once: what is committed as read; null under the others. */
    private final long[] reserved;
    /** How far it may be read once the epoch under way is committed. */
    private final long[] reserving;
    private final long[] reservingOffsets;
    /** Null where the source makes no watermarks. */
    private final PartitionWatermarks watermarks;
    private long watermarkNs = Long.MIN_VALUE;
    private long markedWatermarkNs = Long.MIN_VALUE;
    /** Null where the event time is the time of publishing. */
    private final TimestampExtractor extractor;
    private final NanoClock clock;
    private long highestNs;
    private final MutableEvent event = new MutableEvent();

    /** Publish timestamps of the events since the last marker, and of those before it that wait for their commit. */
    private long[] stamps = new long[MAX_STAMPS];
    private int stampCount;
    private long[] markedStamps = new long[MAX_STAMPS];
    private int markedStampCount;
    private int next;

    LogSource(
        final String name, final int componentId, final Stream stream, final int task, final int parallelism,
        final WatermarkStrategy strategy, final boolean atMostOnce, final NanoClock clock) {
        this.componentId = componentId;
        this.stream = stream;
        this.clock = clock;
        final int count = (stream.partitions() - task + parallelism - 1) / parallelism;
        this.partitions = new int[Math.max(count, 0)];
        this.readers = new PartitionReader[partitions.length];
        this.markedPositions = new long[partitions.length];
        this.markedOffsets = new long[partitions.length];
        this.reserved = atMostOnce ? new long[partitions.length] : null;
        this.reserving = new long[partitions.length];
        this.reservingOffsets = new long[partitions.length];
        this.extractor = strategy == null ? null : strategy.extractor().orElse(null);
        this.watermarks =
            strategy == null ? null : new PartitionWatermarks(strategy, partitions.length, clock.nanoTime());
        for (int i = 0; i < partitions.length; i++) {
            partitions[i] = task + i * parallelism;
            readers[i] = stream.partition(partitions[i]).newReader(0);
            readers[i].name(name);
        }
    }

    /** Starts a partition, if it is one of this instance's, at a committed place. */
    void startAt(final int partition, final long position, final long offset) {
        for (int i = 0; i < partitions.length; i++) {
            if (partitions[i] == partition) {
                readers[i].seek(position, offset);
                markedPositions[i] = position;
                markedOffsets[i] = offset;
                if (reserved != null) {
                    reserved[i] = position;
                    reserving[i] = position;
                    reservingOffsets[i] = offset;
                }
            }
        }
    }

    Outputs outputs() {
        return outputs;
    }

    Stream stream() {
        return stream;
    }

    int poll(final int limit) {
        int handled = 0;
        for (int i = 0; i < readers.length && handled < limit; i++) {
            handled += pollPartition(next, limit - handled);
            next = next + 1 == readers.length ? 0 : next + 1;
        }
        if (watermarks != null) { // an instance without a partition never sends: nobody is to wait for its events
            watermark(readers.length == 0 ? Long.MAX_VALUE : watermarks.watermark(clock.nanoTime()));
        }
        return handled;
    }

    /** Says that no earlier event will come; that changes nothing unless it lies ahead. */
    void watermark(final long eventTimeNs) {
        watermarkNs = Math.max(watermarkNs, eventTimeNs);
        outputs.watermark(watermarkNs);
    }

    private int pollPartition(final int index, final int limit) {
        highestNs = Long.MIN_VALUE;
        final int handled = reserved == null ? readers[index].poll(this, limit)
            : readers[index].pollUpTo(reserved[index], this, limit);
        if (watermarks != null && handled > 0) {
            watermarks.onEvents(index, highestNs, clock.nanoTime());
        }
        return handled;
    }

    /**
     * Has the epoch's commit take all that is published now as read, before it is: what a crash leaves unread will not be
     * read again.
     */
    private void reserve() {
        for (int i = 0; i < partitions.length; i++) {
            final long end = stream.partition(partitions[i]).appendedPosition();
            final long offset = end > reserving[i] ? stream.partition(partitions[i]).offsetAtFrame(end) : -1;
            if (offset >= 0) { // no claim is open before it
                reserving[i] = end;
                reservingOffsets[i] = offset;
            }
        }
    }

    /** The epoch last marked is committed: what it reserved may be read. */
    void onCommitted() {
        if (reserved != null) {
            System.arraycopy(reserving, 0, reserved, 0, reserved.length);
        }
    }

    @Override
    public void onFrame(final Frame frame) {
        final long timestampNs = frame.timestampNs();
        if (stampCount < MAX_STAMPS) {
            stamps[stampCount++] = timestampNs;
        }
        event.set(frame.buffer(), frame.payloadOffset(), frame.payloadLength(), frame.keyHash(), timestampNs,
            frame.schemaId(), frame.templateId());
        if (extractor != null) {
            event.timestampNs(extractor.timestampNs(event));
        }
        highestNs = Math.max(highestNs, event.timestampNs());
        out.send(event);
    }

    /** Names its figures. */
    void addFigures(final String component, final int task, final TopologyFigures figures) {
        figures.add(component, task, FigureNames.RECEIVED, out::emitted);
        figures.add(component, task, FigureNames.EMITTED, out::emitted);
        figures.add(component, task, FigureNames.WAITED_NS, outputs::waitedNs);
        figures.add(component, task, FigureNames.WATERMARK_LAG_MS, () -> WatermarkLag.ms(out.watermark()));
        figures.add(component, task, FigureNames.LAG_BYTES, this::lagBytes);
    }

    /** Notes the place up to which an epoch reads, and sends its marker. */
    void mark(final long epoch) {
        for (int i = 0; i < readers.length; i++) {
            markedPositions[i] = readers[i].position();
            markedOffsets[i] = readers[i].offset();
        }
        markedWatermarkNs = watermarkNs;
        if (reserved != null) {
            reserve();
        }
        final long[] swapped = markedStamps;
        markedStamps = stamps;
        markedStampCount = stampCount;
        stamps = swapped;
        stampCount = 0;
        outputs.marker(epoch);
    }

    /** Whether events were read or the watermark has moved since the last marker. */
    boolean hasNews() {
        if (watermarkNs != markedWatermarkNs) {
            return true;
        }
        for (int i = 0; i < readers.length; i++) {
            if (readers[i].position() != markedPositions[i]
                || reserved != null && stream.partition(partitions[i]).appendedPosition() > reserving[i]) {
                return true;
            }
        }
        return false;
    }

    int componentId() {
        return componentId;
    }

    int partitions() {
        return partitions.length;
    }

    int partitionAt(final int index) {
        return partitions[index];
    }

    /** Where a run that begins at this commit goes on reading. */
    long committedPosition(final int index) {
        return reserved == null ? markedPositions[index] : reserving[index];
    }

    /** The number of the record there. */
    long committedOffset(final int index) {
        return reserved == null ? markedOffsets[index] : reservingOffsets[index];
    }

    /** Records of the marked epochs, over all runs. */
    long markedEvents() {
        long sum = 0;
        for (int i = 0; i < markedOffsets.length; i++) {
            sum += markedOffsets[i];
        }
        return sum;
    }

    /** Where each of its partitions ends now. */
    long[] ends() {
        return Arrays.stream(partitions).mapToLong(each -> stream.partition(each).appendedPosition()).toArray();
    }

    /** Whether marked epochs reach so far in each partition. */
    boolean isMarked(final long[] ends) {
        for (int i = 0; i < ends.length; i++) {
            if (markedPositions[i] < ends[i]) {
                return false;
            }
        }
        return true;
    }

    /** Bytes published and not yet in a marked epoch. */
    long lagBytes() {
        long lag = 0;
        for (int i = 0; i < partitions.length; i++) {
            lag += stream.partition(partitions[i]).appendedPosition() - markedPositions[i];
        }
        return lag;
    }

    void recordLatency(final LatencyRecorder recorder, final long nowNs) {
        recorder.record(markedStamps, markedStampCount, nowNs);
        markedStampCount = 0;
    }

    void close() {
        for (final PartitionReader reader : readers) {
            reader.close();
        }
    }
}
