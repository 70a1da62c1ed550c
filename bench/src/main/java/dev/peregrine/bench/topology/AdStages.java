/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.topology;

import dev.peregrine.apps.ads.AdsTopology;
import dev.peregrine.apps.ads.codec.AdEventEncoder;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.Topology;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** The demo's own stages, parse and count, chained as the engine fuses them on one thread; results are dropped. */
final class AdStages implements AdCounter {
    private final Stage parse;
    private final Stage count;
    private final DirectEmitter results = new DirectEmitter(event -> { }, time -> { });
    private final DirectEmitter parsed;
    private final MemoryStageContext context = new MemoryStageContext();
    private final Message message = new Message();
    private long epoch;

    AdStages() {
        final Topology topology = AdsTopology.create("bench", 1, 1_000);
        parse = stage(topology, "parse");
        count = stage(topology, "count");
        parsed = new DirectEmitter(event -> count.onEvent(event, results), time -> count.onWatermark(time, results));
        parse.open(context);
        count.open(context);
    }

    private static Stage stage(final Topology topology, final String name) {
        return topology.components().stream().filter(component -> component.name().equals(name))
            .findFirst().orElseThrow().supplier().get();
    }

    @Override
    public void count(final UnsafeBuffer buffer, final int offset) {
        message.buffer = buffer;
        message.offset = offset;
        parse.onEvent(message, parsed);
    }

    @Override
    public void endEpoch() {
        parse.onEpoch(epoch, parsed);
        count.onEpoch(epoch, results);
        context.endEpoch();
        epoch++;
    }

    /** An ad event as a source hands it out. */
    private static final class Message implements EventView {
        private DirectBuffer buffer;
        private int offset;

        @Override
        public DirectBuffer buffer() {
            return buffer;
        }

        @Override
        public int offset() {
            return offset;
        }

        @Override
        public int length() {
            return AdsCount.LENGTH;
        }

        @Override
        public long keyHash() {
            return 0;
        }

        @Override
        public long timestampNs() {
            return 0;
        }

        @Override
        public int schemaId() {
            return AdEventEncoder.SCHEMA_ID;
        }

        @Override
        public int templateId() {
            return AdEventEncoder.TEMPLATE_ID;
        }
    }
}
