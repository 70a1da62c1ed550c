/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.nexmark;

import dev.peregrine.apps.nexmark.NexmarkConfig;
import dev.peregrine.apps.nexmark.NexmarkQuery;
import dev.peregrine.bench.flink.FlinkRig;
import dev.peregrine.bench.flink.IndexedSource;
import dev.peregrine.bench.rig.AllocationSampler;
import java.nio.file.Path;
import java.util.concurrent.atomic.LongAdder;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** Flink: objects in the heap, state there too, no checkpoints; a watermark every 10 ms. */
final class FlinkNexmark implements NexmarkSubject {
    private static final long WATERMARK_MILLIS = 10;
    /** Sinks are made from serialized copies: one count per JVM, and one run at a time. */
    private static final LongAdder RESULTS = new LongAdder();

    private final FlinkRig rig;
    private final long events;

    FlinkNexmark(final Path directory, final NexmarkConfig config, final long events, final int parallelism)
        throws Exception {
        this.events = events;
        EncodedEvents.make(config, Math.toIntExact(events));
        rig = FlinkRig.open(parallelism, FlinkRig.State.HEAP, directory);
    }

    @Override
    public Outcome run(final NexmarkQuery query) throws Exception {
        RESULTS.reset();
        try (AllocationSampler allocation = new AllocationSampler()) {
            final double perSecond = rig.run(query.name(), events, environment -> {
                environment.getConfig().setAutoWatermarkInterval(WATERMARK_MILLIS);
                FlinkQueries.of(query, environment.fromSource(
                    new IndexedSource<>(EncodedEvents::at, events, FlinkEventSerializer.TYPE, 0),
                    WatermarkStrategy.<FlinkEvent>forMonotonousTimestamps()
                        .withTimestampAssigner((event, before) -> event.timeMillis), "events"))
                    .sinkTo(new CountingSink<>());
            });
            return new Outcome(perSecond, RESULTS.sum(), allocation.stop());
        }
    }

    private static final class CountingSink<T> implements Sink<T> {
        private static final long serialVersionUID = 1;

        @Override
        public SinkWriter<T> createWriter(final WriterInitContext context) {
            return new SinkWriter<>() {
                private long count;

                @Override
                public void write(final T result, final Context at) {
                    count++;
                }

                @Override
                public void flush(final boolean isEnd) {
                    // nothing is held back
                }

                @Override
                public void close() {
                    RESULTS.add(count);
                }
            };
        }
    }

    @Override
    public void close() throws Exception {
        rig.close();
        EncodedEvents.forget();
    }
}
