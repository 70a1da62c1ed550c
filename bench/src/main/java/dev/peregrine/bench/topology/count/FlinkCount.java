/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.topology.count;

import dev.peregrine.bench.flink.EventCount;
import dev.peregrine.bench.flink.FlinkRig;
import dev.peregrine.bench.flink.IndexedSource;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.windowing.WindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/**
 * The job on Flink's DataStream API: an aggregate in tumbling windows, events by a serializer of their own, and a watermark
 * with the first event of each window, so that results wait for nothing else. Paced, what is sent is flushed every
 * millisecond rather than every 100.
 */
final class FlinkCount implements CountSubject {
    private static final long FLUSH_MILLIS = 1;
    private static final Duration CHECKPOINTS = Duration.ofSeconds(1);

    private final FlinkRig rig;

    FlinkCount(final FlinkRig.State state, final int parallelism, final boolean isKept, final Path directory)
        throws Exception {
        rig = FlinkRig.open(parallelism, state, directory);
        if (isKept) {
            rig.checkpointEvery(CHECKPOINTS);
        }
    }

    @Override
    public void run(final CountResults results) throws Exception {
        final CountLoad load = results.load();
        rig.run("count", load.events(), environment -> build(environment, load));
        results.end();
    }

    private static void build(final StreamExecutionEnvironment environment, final CountLoad load) {
        if (load.paced()) {
            environment.setBufferTimeout(FLUSH_MILLIS);
        }
        final int windowMillis = load.windowMillis();
        environment
            .fromSource(new IndexedSource<>(number -> CountEvent.of(load, number), load.events(), CountEventSerializer.TYPE,
                load.ratePerSecond()),
                WatermarkStrategy.<CountEvent>forGenerator(context -> new WindowEnds(windowMillis))
                    .withTimestampAssigner((event, before) -> event.timeMillis),
                "events")
            .keyBy(event -> event.key, Types.LONG)
            .window(TumblingEventTimeWindows.of(Duration.ofMillis(windowMillis)))
            .aggregate(new EventCount<>(), new Named(), Types.LONG, CountEventSerializer.TYPE)
            .sinkTo(new Results());
    }

    /** A watermark as soon as an event shows that a window has ended. */
    private static final class WindowEnds implements WatermarkGenerator<CountEvent> {
        private final int windowMillis;
        private long window;

        WindowEnds(final int windowMillis) {
            this.windowMillis = windowMillis;
        }

        @Override
        public void onEvent(final CountEvent event, final long timestamp, final WatermarkOutput output) {
            if (timestamp >= window + windowMillis) {
                window = timestamp - timestamp % windowMillis;
                output.emitWatermark(new Watermark(window - 1));
            }
        }

        @Override
        public void onPeriodicEmit(final WatermarkOutput output) {
            // with the events only
        }
    }

    /** Puts key and window to a count: a result is an event whose first filler is the count. */
    private static final class Named implements WindowFunction<Long, CountEvent, Long, TimeWindow> {
        private static final long serialVersionUID = 1;

        @Override
        public void apply(
            final Long key, final TimeWindow window, final Iterable<Long> counts, final Collector<CountEvent> out) {
            final CountEvent result = new CountEvent();
            result.key = key;
            result.timeMillis = window.getEnd();
            result.a = counts.iterator().next();
            out.collect(result);
        }
    }

    private static final class Results implements Sink<CountEvent> {
        private static final long serialVersionUID = 1;

        @Override
        public SinkWriter<CountEvent> createWriter(final WriterInitContext context) {
            final CountResults.Writer writer = CountResults.current().newWriter();
            return new SinkWriter<>() {
                @Override
                public void write(final CountEvent result, final Context at) {
                    writer.add(result.key, result.timeMillis, result.a);
                }

                @Override
                public void flush(final boolean isEnd) {
                    // nothing is held back
                }

                @Override
                public void close() {
                    CountResults.current().noteAllocation(); // the task's thread ends now
                }
            };
        }
    }

    @Override
    public void close() throws Exception {
        rig.close();
    }
}
