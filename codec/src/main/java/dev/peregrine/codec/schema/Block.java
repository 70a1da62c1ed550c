/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.codec.schema;

import dev.peregrine.codec.schema.ValueType.Member;
import dev.peregrine.codec.schema.ValueType.Scalar;
import java.util.List;

/**
 * What a message, or one entry of a group, consists of.
 *
 * @param length bytes of the fixed part, which holds the fields.
 * @param fields in their order.
 * @param groups behind the fixed part, in their order.
 * @param data variable data behind the groups, in their order.
 */
record Block(int length, List<Member> fields, List<Group> groups, List<Data> data) {

    /** A message of a schema. */
    record Template(int id, String name, int since, Block block) {
    }

    /** A repeating group: a header, then the entries. */
    record Group(String name, int id, int since, Dimension dimension, Block block) {
    }

    /** Header of a group, e.g. 2 bytes of block length and 2 bytes of number of entries. */
    record Dimension(int length, Scalar blockLength, int blockLengthOffset, Scalar count, int countOffset) {
    }

    /**
     * Bytes or text of any length.
     *
     * @param length type of the length in front.
     * @param headerLength bytes before the data.
     * @param charset name of the encoding, null for bytes.
     */
    record Data(String name, int id, int since, Scalar length, int lengthOffset, int headerLength, String charset) {
    }
}
