/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology;

/** Publishes each event as it is into a stream, as {@link TopologyBuilder#streamSink} does. */
public final class StreamSink implements Stage {
    private final String stream;
    private StreamOutput output;

    /** Into a stream, which must be there when the topology is submitted. */
    public StreamSink(final String stream) {
        this.stream = stream;
    }

    @Override
    public void open(final StageContext context) {
        output = context.stream(stream);
    }

    @Override
    public void onEvent(final EventView event, final Emitter out) {
        output.publish(event);
    }
}
