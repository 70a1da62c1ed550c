/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.eventbus.Stream;
import dev.peregrine.log.Frame;
import dev.peregrine.log.FrameHandler;
import dev.peregrine.log.PartitionReader;

/** One instance of a source: reads its share of a stream's partitions and sends each record on. Used by one thread. */
final class LogSource implements FrameHandler {
    private static final int MAX_STAMPS = 8192;

    private final int componentId;
    private final Stream stream;
    private final int[] partitions;
    private final PartitionReader[] readers;
    private final long[] markedPositions;
    private final long[] markedOffsets;
    private final Outputs outputs;
    private final MutableEvent event = new MutableEvent();

    /** Publish timestamps of the events since the last marker, and of those before it that wait for their commit. */
    private long[] stamps = new long[MAX_STAMPS];
    private int stampCount;
    private long[] markedStamps = new long[MAX_STAMPS];
    private int markedStampCount;
    private int next;

    LogSource(
        final String name, final int componentId, final Stream stream, final int task, final int parallelism,
        final Outputs outputs) {
        this.componentId = componentId;
        this.stream = stream;
        this.outputs = outputs;
        final int count = (stream.partitions() - task + parallelism - 1) / parallelism;
        this.partitions = new int[Math.max(count, 0)];
        this.readers = new PartitionReader[partitions.length];
        this.markedPositions = new long[partitions.length];
        this.markedOffsets = new long[partitions.length];
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
            handled += readers[next].poll(this, limit - handled);
            next = next + 1 == readers.length ? 0 : next + 1;
        }
        return handled;
    }

    @Override
    public void onFrame(final Frame frame) {
        final long timestampNs = frame.timestampNs();
        if (stampCount < MAX_STAMPS) {
            stamps[stampCount++] = timestampNs;
        }
        outputs.send(event.set(frame.buffer(), frame.payloadOffset(), frame.payloadLength(), frame.keyHash(),
            timestampNs, frame.schemaId(), frame.templateId()));
    }

    /** Notes the place up to which an epoch reads, and sends its marker. */
    void mark(final long epoch) {
        for (int i = 0; i < readers.length; i++) {
            markedPositions[i] = readers[i].position();
            markedOffsets[i] = readers[i].offset();
        }
        final long[] swapped = markedStamps;
        markedStamps = stamps;
        markedStampCount = stampCount;
        stamps = swapped;
        stampCount = 0;
        outputs.marker(epoch);
    }

    /** Whether events were read since the last marker. */
    boolean hasNews() {
        for (int i = 0; i < readers.length; i++) {
            if (readers[i].position() != markedPositions[i]) {
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

    long markedPosition(final int index) {
        return markedPositions[index];
    }

    long markedOffset(final int index) {
        return markedOffsets[index];
    }

    /** Records of the marked epochs, over all runs. */
    long markedEvents() {
        long sum = 0;
        for (int i = 0; i < markedOffsets.length; i++) {
            sum += markedOffsets[i];
        }
        return sum;
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
