/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.nexmark;

import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** Tells Flink of the events' serializer. */
final class FlinkEventType extends TypeInformation<FlinkEvent> {
    static final FlinkEventType TYPE = new FlinkEventType();

    private static final long serialVersionUID = 1;
    private static final int FIELDS = 10;

    private FlinkEventType() {
    }

    @Override
    public boolean isBasicType() {
        return false;
    }

    @Override
    public boolean isTupleType() {
        return false;
    }

    @Override
    public int getArity() {
        return FIELDS;
    }

    @Override
    public int getTotalFields() {
        return FIELDS;
    }

    @Override
    public Class<FlinkEvent> getTypeClass() {
        return FlinkEvent.class;
    }

    @Override
    public boolean isKeyType() {
        return false;
    }

    @Override
    public TypeSerializer<FlinkEvent> createSerializer(final SerializerConfig config) {
        return new FlinkEventSerializer();
    }

    @Override
    public String toString() {
        return "FlinkEvent";
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof FlinkEventType;
    }

    @Override
    public int hashCode() {
        return FlinkEventType.class.hashCode();
    }

    @Override
    public boolean canEqual(final Object other) {
        return other instanceof FlinkEventType;
    }
}
