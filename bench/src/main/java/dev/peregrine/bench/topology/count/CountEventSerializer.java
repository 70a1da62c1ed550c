/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.topology.count;

import dev.peregrine.bench.flink.HandSerialized;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** 64 bytes for Flink. Public with an empty constructor, as its snapshots want it. */
public final class CountEventSerializer extends TypeSerializerSingleton<CountEvent> {
    /** For Flink's jobs. */
    static final HandSerialized<CountEvent> TYPE = new HandSerialized<>(CountEvent.class, 8, new CountEventSerializer());

    private static final long serialVersionUID = 1;
    private static final int LENGTH = 64;

    /** Flink makes it by name. */
    public CountEventSerializer() {
        // has no state
    }

    @Override
    public boolean isImmutableType() {
        return false;
    }

    @Override
    public CountEvent createInstance() {
        return new CountEvent();
    }

    @Override
    public CountEvent copy(final CountEvent from) {
        return copy(from, new CountEvent());
    }

    @Override
    public CountEvent copy(final CountEvent from, final CountEvent to) {
        to.key = from.key;
        to.timeMillis = from.timeMillis;
        to.a = from.a;
        to.b = from.b;
        to.c = from.c;
        to.d = from.d;
        to.e = from.e;
        to.f = from.f;
        return to;
    }

    @Override
    public int getLength() {
        return LENGTH;
    }

    @Override
    public void serialize(final CountEvent event, final DataOutputView to) throws IOException {
        to.writeLong(event.key);
        to.writeLong(event.timeMillis);
        to.writeLong(event.a);
        to.writeLong(event.b);
        to.writeLong(event.c);
        to.writeLong(event.d);
        to.writeLong(event.e);
        to.writeLong(event.f);
    }

    @Override
    public CountEvent deserialize(final DataInputView from) throws IOException {
        return deserialize(new CountEvent(), from);
    }

    @Override
    public CountEvent deserialize(final CountEvent event, final DataInputView from) throws IOException {
        event.key = from.readLong();
        event.timeMillis = from.readLong();
        event.a = from.readLong();
        event.b = from.readLong();
        event.c = from.readLong();
        event.d = from.readLong();
        event.e = from.readLong();
        event.f = from.readLong();
        return event;
    }

    @Override
    public void copy(final DataInputView from, final DataOutputView to) throws IOException {
        to.write(from, LENGTH);
    }

    @Override
    public TypeSerializerSnapshot<CountEvent> snapshotConfiguration() {
        return new Snapshot();
    }

    /** What Flink keeps of it in a checkpoint. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<CountEvent> {
        /** Flink makes it by name. */
        public Snapshot() {
            super(CountEventSerializer::new);
        }
    }
}
