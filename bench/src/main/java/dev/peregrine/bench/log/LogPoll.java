/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.log;

import dev.peregrine.bench.rig.Payload;
import dev.peregrine.eventbus.GroupMember;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.eventbus.Subscription;
import dev.peregrine.log.ControlledFrameHandler;
import dev.peregrine.log.FrameHandler;
import dev.peregrine.log.PartitionReader;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** How many records a second does a reader take from a stream that is written already, touching each? */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class LogPoll {
    private static final int BATCH = 1_000;
    private static final int RECORDS = 2_000 * BATCH;
    /** More than have room unpacked. */
    private static final int PACKED_RECORDS = 4_000 * BATCH;
    private static final int LENGTH = 100;
    private static final int MESSAGES = 64;
    private static final int MESSAGE_LENGTH = 1 << 20;
    private static final int SHORT_SEGMENT = 4 << 20;
    private static final int PACKED_SEGMENT = 16 << 20;
    private static final String PACKED = "packed";

    /** Partitions that share the records. */
    @Param({"1", "8"})
    public int partitions;

    /**
     * What the stream holds: records of 100 bytes, the same in compressed segments, of which fewer than there are have
     * room unpacked, or messages of 1 MiB in fragments.
     */
    @Param({"records", PACKED, "messages"})
    public String holds;

    private BusAtWork work;
    private Subscription subscription;
    private GroupMember member;
    private PartitionReader backward;
    private long sum;
    private final FrameHandler touch = frame -> sum += frame.buffer().getLong(frame.payloadOffset());
    private final ControlledFrameHandler controlled = frame -> {
        sum += frame.buffer().getLong(frame.payloadOffset());
        return ControlledFrameHandler.Action.CONTINUE;
    };

    /** Writes the stream. */
    @Setup(Level.Trial)
    public void open() {
        final boolean messages = holds.equals("messages");
        work = new BusAtWork(settings(messages), Long.MAX_VALUE);
        final UnsafeBuffer payload = Payload.of(messages ? MESSAGE_LENGTH : LENGTH);
        final SplittableRandom random = new SplittableRandom(1);
        final boolean packed = holds.equals(PACKED);
        final int records = packed ? PACKED_RECORDS : RECORDS;
        try (Publisher publisher = work.bus().publisher(BusAtWork.STREAM, "bench")) {
            for (int i = 0; i < (messages ? MESSAGES : records); i++) {
                if (packed) {
                    Payload.shuffle(payload, random);
                }
                publisher.publish(i, 1, 1, i, payload, 0, payload.capacity());
            }
        }
        work.pack();
        subscription = work.bus().subscribe(BusAtWork.STREAM, "bench");
        member = work.bus().join(BusAtWork.STREAM, "bench-group");
        backward = work.stream().partition(0).newReader(0);
        backward.seekToEnd();
    }

    private StreamConfig settings(final boolean messages) {
        final StreamConfig config = StreamConfig.of(BusAtWork.STREAM).withPartitions(partitions);
        if (holds.equals(PACKED)) {
            return config.withSegmentLength(PACKED_SEGMENT).withCompressionLevel(1);
        }
        return messages ? config.withSegmentLength(SHORT_SEGMENT) : config;
    }

    /** Deletes it. */
    @TearDown(Level.Trial)
    public void close() {
        subscription.close();
        member.close();
        backward.close();
        work.close();
    }

    /** By a subscription. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long subscription() {
        for (int left = BATCH, read; left > 0; left -= read) {
            read = subscription.poll(touch, left);
            if (read == 0) {
                subscription.rewind();
            }
        }
        return sum;
    }

    /** By a subscription whose handler says how to go on. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long controlled() {
        for (int left = BATCH, read; left > 0; left -= read) {
            read = subscription.controlledPoll(controlled, left);
            if (read == 0) {
                subscription.rewind();
            }
        }
        return sum;
    }

    /** By the only member of a group. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long member() {
        for (int left = BATCH, read; left > 0; left -= read) {
            read = member.poll(touch, left);
            if (read == 0) {
                member.rewind();
            }
        }
        return sum;
    }

    /** Backwards, from the first partition. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long backwards() {
        for (int left = BATCH, read; left > 0; left -= read) {
            read = backward.readBackwards(touch, left);
            if (read == 0) {
                backward.seekToEnd();
            }
        }
        return sum;
    }

    /** One message of several frames, put together. */
    @Benchmark
    public long message() {
        while (subscription.poll(touch, 1) == 0) {
            subscription.rewind();
        }
        return sum;
    }
}
