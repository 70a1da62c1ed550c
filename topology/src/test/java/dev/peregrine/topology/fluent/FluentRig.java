/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.Peregrine;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.log.PartitionReader;
import dev.peregrine.topology.RunningTopology;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.TopologyOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.agrona.ExpandableArrayBuffer;

/** An engine on which small topologies run one after the other, each between a stream and another. */
final class FluentRig implements AutoCloseable {
    private final Peregrine engine;
    private int runs;

    FluentRig(final Path directory) {
        engine = Peregrine.open(directory);
    }

    Peregrine engine() {
        return engine;
    }

    /** What comes out of a stream of values on its way through some operators, on one thread. */
    <T, R> List<R> run(
        final List<T> values, final Codec<T> codec, final Codec<R> results,
        final Function<SourceStreamlet<T>, Streamlet<R>> operators) {
        return run(values, codec, results, 1, (source, out) -> operators.apply(source).to(out));
    }

    /** What a topology publishes into a stream. The values are the event times, and so are their places in the list. */
    <T, R> List<R> run(
        final List<T> values, final Codec<T> codec, final Codec<R> results, final int threads,
        final BiConsumer<SourceStreamlet<T>, String> operators) {
        final String in = "in-" + runs;
        final String out = "out-" + runs;
        engine.provisionStream(StreamConfig.of(in).withSegmentLength(1 << 20));
        engine.provisionStream(StreamConfig.of(out).withSegmentLength(1 << 20));
        final FluentBuilder flow = FluentBuilder.named("run-" + runs++)
            .options(TopologyOptions.DEFAULT.withThreads(threads));
        operators.accept(flow.source(in, codec), out);
        publish(in, values, codec);
        runUntilDrained(flow.build());
        return read(out, results);
    }

    void runUntilDrained(final Topology topology) {
        try (RunningTopology running = engine.submit(sent(topology))) {
            running.awaitDrained();
            assertThat(running.counters()).filteredOn(counter -> counter.name().equals("failed"))
                .allMatch(counter -> counter.value() == 0);
        } catch (final InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    <T> void publish(final String stream, final List<T> values, final Codec<T> codec) {
        final Codec<T> own = codec.forInstance();
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        try (Publisher publisher = engine.publisher(stream, "test")) {
            for (int i = 0; i < values.size(); i++) {
                final int length = own.encode(values.get(i), buffer, 0);
                publisher.publish(KeyHash.of(buffer, 0, length), 0, 0, i, buffer, 0, length);
            }
        }
    }

    <R> List<R> read(final String stream, final Codec<R> codec) {
        final List<R> values = new ArrayList<>();
        final Codec<R> own = codec.forInstance();
        for (int i = 0; i < engine.stream(stream).partitions(); i++) {
            try (PartitionReader reader = engine.stream(stream).partition(i).newReader(0)) {
                while (reader.poll(frame -> values.add(
                    own.decode(frame.buffer(), frame.payloadOffset(), frame.payloadLength())), 1_000) > 0) {
                    // until the end
                }
            }
        }
        return values;
    }

    /** A topology as another engine would get it: its stages and functions written and read again. */
    static Topology sent(final Topology topology) {
        return new Topology(topology.name(), topology.components().stream()
            .map(each -> new Topology.Component(each.name(), each.stream(), each.parallelism(), copy(each.supplier()),
                each.inputs().stream().map(input -> new Topology.Input(
                    input.from(), input.output(), input.grouping(), copy(input.function()))).toList(),
                each.options()))
            .toList(), topology.options());
    }

    @SuppressWarnings({"unchecked", "BanSerializableRead"})
    static <T> T copy(final T value) {
        try {
            final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
                out.writeObject(value);
            }
            try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
                return (T) in.readObject();
            }
        } catch (final IOException | ClassNotFoundException e) {
            throw new IllegalStateException("cannot be sent: " + value, e);
        }
    }

    @Override
    public void close() {
        engine.close();
    }
}
