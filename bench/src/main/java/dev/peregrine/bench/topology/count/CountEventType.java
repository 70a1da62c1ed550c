/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.topology.count;

import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** Tells Flink how events are serialized: by hand, since its own way with objects is slower. */
final class CountEventType extends TypeInformation<CountEvent> {
    static final CountEventType TYPE = new CountEventType();

    private static final long serialVersionUID = 1;
    private static final int FIELDS = 8;

    private CountEventType() {
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
    public Class<CountEvent> getTypeClass() {
        return CountEvent.class;
    }

    @Override
    public boolean isKeyType() {
        return false;
    }

    @Override
    public TypeSerializer<CountEvent> createSerializer(final SerializerConfig config) {
        return new CountEventSerializer();
    }

    @Override
    public String toString() {
        return "CountEvent";
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof CountEventType;
    }

    @Override
    public int hashCode() {
        return CountEventType.class.hashCode();
    }

    @Override
    public boolean canEqual(final Object other) {
        return other instanceof CountEventType;
    }
}
