/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.codec.schema;

import java.nio.ByteOrder;
import java.util.List;
import uk.co.real_logic.sbe.PrimitiveType;
import uk.co.real_logic.sbe.PrimitiveValue;

/** How one value lies in a record. Equal types lie alike, mean the same and have the same names. */
sealed interface ValueType {
    /** Bytes it takes; 0 for a constant. */
    int encodedLength();

    /**
     * Number, character, or fixed array of these.
     *
     * @param count length of the array; 1 is none.
     * @param nullValue what an absent value is written as, also where presence is required.
     * @param minValue least that the schema allows; null if it says nothing.
     * @param maxValue greatest that the schema allows; null if it says nothing.
     * @param constant the value of a constant, which is not in the record; else null.
     * @param charset name of the encoding of characters; may be null or unknown.
     */
    record Scalar(
        PrimitiveType primitive, int count, boolean optional, PrimitiveValue nullValue, PrimitiveValue minValue,
        PrimitiveValue maxValue, PrimitiveValue constant, String charset, ByteOrder order) implements ValueType {

        @Override
        public int encodedLength() {
            return constant == null ? count * primitive.size() : 0;
        }

        boolean isReal() {
            return primitive == PrimitiveType.FLOAT || primitive == PrimitiveType.DOUBLE;
        }
    }

    /** One of some names. */
    record EnumType(String name, PrimitiveType primitive, ByteOrder order, long nullValue, List<Value> values)
        implements ValueType {

        /** A name and what is written for it. */
        record Value(String name, long value, int since) {
        }

        @Override
        public int encodedLength() {
            return primitive.size();
        }
    }

    /** Any of some names, a bit each. */
    record SetType(String name, PrimitiveType primitive, ByteOrder order, List<Choice> choices) implements ValueType {

        /** A name and the number of its bit. */
        record Choice(String name, int bit, int since) {
        }

        @Override
        public int encodedLength() {
            return primitive.size();
        }
    }

    /** Several values in a row, which never grow. */
    record Composite(String name, int encodedLength, List<Member> members) implements ValueType {
    }

    /**
     * A value with its name and place, in a composite or a block.
     *
     * @param id number of a field; -1 in a composite.
     * @param offset from the start of the composite or block.
     * @param since version of the schema that added it.
     * @param optional whether it may be null.
     * @param constant name of the enum's value that it always has; else null.
     */
    record Member(String name, int id, int offset, int since, boolean optional, String constant, ValueType type) {
        /** Bytes it takes; 0 for a constant. */
        int encodedLength() {
            return constant == null ? type.encodedLength() : 0;
        }

        boolean isConstant() {
            return constant != null || type instanceof Scalar scalar && scalar.constant() != null;
        }
    }
}
