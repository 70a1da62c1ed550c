/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.nexmark;

import dev.peregrine.bench.flink.HandSerialized;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** Events between Flink's tasks: of each kind its own fields, without names. */
public final class FlinkEventSerializer extends TypeSerializerSingleton<FlinkEvent> {
    /** For Flink's jobs. */
    static final HandSerialized<FlinkEvent> TYPE = new HandSerialized<>(FlinkEvent.class, 10, new FlinkEventSerializer());

    private static final long serialVersionUID = 1;

    /** Flink makes it by name. */
    public FlinkEventSerializer() {
        // has no state
    }

    @Override
    public boolean isImmutableType() {
        return false;
    }

    @Override
    public FlinkEvent createInstance() {
        return new FlinkEvent();
    }

    @Override
    public FlinkEvent copy(final FlinkEvent from) {
        return copy(from, new FlinkEvent());
    }

    @Override
    public FlinkEvent copy(final FlinkEvent from, final FlinkEvent to) {
        to.set(from);
        return to;
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public void serialize(final FlinkEvent event, final DataOutputView to) throws IOException {
        to.writeByte(event.kind);
        to.writeLong(event.id);
        to.writeLong(event.timeMillis);
        to.writeLong(event.person);
        if (event.isBid()) {
            to.writeLong(event.price);
            StringValue.writeString(event.text, to);
        } else if (event.isAuction()) {
            to.writeLong(event.expiresMillis);
            to.writeLong(event.category);
        } else {
            StringValue.writeString(event.text, to);
            StringValue.writeString(event.state, to);
            StringValue.writeString(event.city, to);
        }
    }

    @Override
    public FlinkEvent deserialize(final DataInputView from) throws IOException {
        return deserialize(new FlinkEvent(), from);
    }

    @Override
    public FlinkEvent deserialize(final FlinkEvent event, final DataInputView from) throws IOException {
        event.kind = from.readByte();
        event.id = from.readLong();
        event.timeMillis = from.readLong();
        event.person = from.readLong();
        if (event.isBid()) {
            event.price = from.readLong();
            event.text = StringValue.readString(from);
        } else if (event.isAuction()) {
            event.expiresMillis = from.readLong();
            event.category = from.readLong();
        } else {
            event.text = StringValue.readString(from);
            event.state = StringValue.readString(from);
            event.city = StringValue.readString(from);
        }
        return event;
    }

    @Override
    public void copy(final DataInputView from, final DataOutputView to) throws IOException {
        serialize(deserialize(from), to);
    }

    @Override
    public TypeSerializerSnapshot<FlinkEvent> snapshotConfiguration() {
        return new Snapshot();
    }

    /** What Flink keeps of it in a checkpoint. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<FlinkEvent> {
        /** Flink makes it by name. */
        public Snapshot() {
            super(FlinkEventSerializer::new);
        }
    }
}
