/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.codec.schema;

import dev.peregrine.codec.schema.ValueType.Composite;
import dev.peregrine.codec.schema.ValueType.EnumType;
import dev.peregrine.codec.schema.ValueType.Member;
import dev.peregrine.codec.schema.ValueType.Scalar;
import dev.peregrine.codec.schema.ValueType.SetType;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** What absent values look like. SBE has a null value for each primitive; a composite is null if all it holds is. */
final class Nulls {
    private Nulls() {
    }

    /** Whether a composite that is required may still be null, since everything in it may be. */
    static boolean canBeNull(final Composite type) {
        boolean any = false;
        for (final Member member : type.members()) {
            if (member.isConstant()) {
                continue;
            }
            any = true;
            if (!(member.optional() || member.type() instanceof Composite inner && canBeNull(inner))) {
                return false;
            }
        }
        return any;
    }

    static boolean isNull(final ValueType type, final DirectBuffer buffer, final int at) {
        if (type instanceof Scalar scalar) {
            for (int i = 0; scalar.constant() == null && i < scalar.count(); i++) {
                final int element = at + i * scalar.primitive().size();
                if (!Primitives.isNull(scalar,
                    Primitives.get(scalar.primitive(), scalar.order(), buffer, element))) {
                    return false;
                }
            }
            return true;
        }
        if (type instanceof EnumType value) {
            return Primitives.get(value.primitive(), value.order(), buffer, at) == value.nullValue();
        }
        if (type instanceof SetType set) {
            return Primitives.get(set.primitive(), set.order(), buffer, at) == 0;
        }
        for (final Member member : ((Composite) type).members()) {
            if (!member.isConstant() && !isNull(member.type(), buffer, at + member.offset())) {
                return false;
            }
        }
        return type.encodedLength() > 0;
    }

    static void write(final ValueType type, final MutableDirectBuffer buffer, final int at) {
        if (type instanceof Scalar scalar) {
            for (int i = 0; scalar.constant() == null && i < scalar.count(); i++) {
                Primitives.put(scalar.primitive(), scalar.order(), buffer, at + i * scalar.primitive().size(),
                    Primitives.nullBits(scalar));
            }
        } else if (type instanceof EnumType value) {
            Primitives.put(value.primitive(), value.order(), buffer, at, value.nullValue());
        } else if (type instanceof SetType set) {
            Primitives.put(set.primitive(), set.order(), buffer, at, 0);
        } else if (type instanceof Composite composite) {
            for (final Member member : composite.members()) {
                if (!member.isConstant()) {
                    write(member.type(), buffer, at + member.offset());
                }
            }
        }
    }
}
