/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.flink;

import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** Tells Flink that a class has a serializer made by hand, since its own way with objects is slower. */
public final class HandSerialized<T> extends TypeInformation<T> {
    private static final long serialVersionUID = 1;

    private final Class<T> type;
    private final int fields;
    private final TypeSerializer<T> serializer;

    /**
     * Of a class.
     *
     * @param fields how many fields it has.
     * @param serializer copied for each user.
     */
    public HandSerialized(final Class<T> type, final int fields, final TypeSerializer<T> serializer) {
        this.type = type;
        this.fields = fields;
        this.serializer = serializer;
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
        return fields;
    }

    @Override
    public int getTotalFields() {
        return fields;
    }

    @Override
    public Class<T> getTypeClass() {
        return type;
    }

    @Override
    public boolean isKeyType() {
        return false;
    }

    @Override
    public TypeSerializer<T> createSerializer(final SerializerConfig config) {
        return serializer.duplicate();
    }

    @Override
    public String toString() {
        return type.getSimpleName();
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof HandSerialized<?> same && same.type == type;
    }

    @Override
    public int hashCode() {
        return type.hashCode();
    }

    @Override
    public boolean canEqual(final Object other) {
        return other instanceof HandSerialized<?>;
    }
}
