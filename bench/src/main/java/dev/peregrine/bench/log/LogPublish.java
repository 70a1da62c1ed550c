/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.log;

import dev.peregrine.bench.rig.BenchDirectory;
import dev.peregrine.bench.rig.Payload;
import dev.peregrine.eventbus.Limits;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.eventbus.RateLimit;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.log.RecordBatch;
import dev.peregrine.log.RecordOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** What does a publisher pay for what a record may carry and a stream may check? Fence and durability os included. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class LogPublish {
    private static final int BATCHED = 256;
    private static final int LENGTH = 100;
    private static final int MESSAGE_LENGTH = 1 << 20;
    private static final int SHORT_SEGMENT = 4 << 20;
    private static final long KEPT_BYTES = 256L << 20;
    /** Out of reach, so that it is counted and nothing refused. */
    private static final long FAR = Long.MAX_VALUE / 4;
    private static final String SCHEMA = """
        <sbe:messageSchema xmlns:sbe="http://fixprotocol.io/2016/sbe" package="bench" id="1" version="1">
          <types><composite name="messageHeader">
            <type name="blockLength" primitiveType="uint16"/><type name="templateId" primitiveType="uint16"/>
            <type name="schemaId" primitiveType="uint16"/><type name="version" primitiveType="uint16"/>
          </composite></types>
          <sbe:message name="Click" id="1"><field name="ad" id="1" type="int64"/></sbe:message>
        </sbe:messageSchema>
        """;

    /** What a record carries or the stream checks; with fragments a frame is at most 512 KiB long. */
    @Param({"nothing", "options", "quota", "schema", "fragments"})
    public String with;

    /** Records that are published at once, by {@link #batch}. */
    @Param({"16", "256"})
    public int batch;

    private Path directory;
    private BusAtWork work;
    private Publisher publisher;
    private RecordOptions options;
    private RecordBatch records;
    private final UnsafeBuffer payload = Payload.of(LENGTH);
    private final UnsafeBuffer message = Payload.of(MESSAGE_LENGTH);
    private long now;

    /** Opens a bus. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        directory = BenchDirectory.create("publish");
        work = new BusAtWork(settings(), KEPT_BYTES);
        publisher = work.bus().publisher(BusAtWork.STREAM, "bench");
        if (with.equals("options")) {
            options = new RecordOptions().transactionId(1).key(payload, 0, 16).header("trace", "0123456789abcdef");
        }
        records = new RecordBatch(batch * (LENGTH + 512));
        for (int i = 0; i < batch; i++) {
            if (!records.add(1, 1, 1, 1, payload, 0, LENGTH, options)) {
                throw new IllegalStateException("the batch is too short");
            }
        }
    }

    private StreamConfig settings() throws IOException {
        final StreamConfig plain = StreamConfig.of(BusAtWork.STREAM);
        switch (with) {
            case "quota":
                final RateLimit limit = new RateLimit(FAR, FAR, FAR, FAR);
                return plain.withLimits(Limits.NONE.withStream(limit).withClient(limit));
            case "schema":
                return plain.withSchema(Files.writeString(directory.resolve("clicks.xml"), SCHEMA).toString());
            case "fragments":
                return plain.withSegmentLength(SHORT_SEGMENT);
            default:
                return plain;
        }
    }

    /** Closes and deletes it. */
    @TearDown(Level.Trial)
    public void close() {
        publisher.close();
        work.close();
        BenchDirectory.delete(directory);
    }

    /** Publishes a record of 100 bytes. */
    @Benchmark
    public long record() {
        return publisher.publish(1, 1, 1, ++now, payload, 0, LENGTH, options);
    }

    /** Publishes 256 of them, in batches; gathering them is not measured. */
    @Benchmark
    @OperationsPerInvocation(BATCHED)
    public long batch() {
        long end = 0;
        for (int i = 0; i < BATCHED; i += batch) {
            end = publisher.publishBatch(records);
        }
        return end;
    }

    /** Publishes a message of 1 MiB. */
    @Benchmark
    public long message() {
        return publisher.publish(1, 1, 1, ++now, message, 0, MESSAGE_LENGTH, options);
    }
}
