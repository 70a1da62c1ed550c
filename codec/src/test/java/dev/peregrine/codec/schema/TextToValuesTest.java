/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.codec.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextToValuesTest {
    private static final Schema SCHEMA = Schema.parse("trade.xml", """
        <?xml version="1.0" encoding="UTF-8"?>
        <sbe:messageSchema xmlns:sbe="http://fixprotocol.io/2016/sbe" package="t" id="1" version="0"
            byteOrder="littleEndian">
          <types>
            <composite name="messageHeader">
              <type name="blockLength" primitiveType="uint16"/><type name="templateId" primitiveType="uint16"/>
              <type name="schemaId" primitiveType="uint16"/><type name="version" primitiveType="uint16"/>
            </composite>
            <composite name="groupSizeEncoding">
              <type name="blockLength" primitiveType="uint16"/><type name="numInGroup" primitiveType="uint16"/>
            </composite>
            <composite name="text">
              <type name="length" primitiveType="uint16"/>
              <type name="varData" primitiveType="uint8" length="0" characterEncoding="UTF-8"/>
            </composite>
            <composite name="Price">
              <type name="mantissa" primitiveType="int64"/>
              <type name="exponent" primitiveType="int8" presence="constant">-2</type>
            </composite>
            <composite name="Point"><type name="x" primitiveType="int16"/><type name="y" primitiveType="float"/></composite>
            <enum name="Side" encodingType="uint8">
              <validValue name="BUY">0</validValue><validValue name="SELL">1</validValue>
            </enum>
            <set name="Flags" encodingType="uint8"><choice name="a">0</choice><choice name="b">3</choice></set>
            <type name="Code" primitiveType="char" length="4"/>
            <type name="Three" primitiveType="int16" length="3"/>
          </types>
          <sbe:message name="Trade" id="1">
            <field name="n" id="1" type="uint64"/><field name="o" id="2" type="int8" presence="optional"/>
            <field name="real" id="3" type="double"/><field name="side" id="4" type="Side"/>
            <field name="flags" id="5" type="Flags"/><field name="code" id="6" type="Code"/>
            <field name="three" id="7" type="Three"/><field name="price" id="8" type="Price"/>
            <field name="at" id="9" type="Point"/>
            <group name="legs" id="20" dimensionType="groupSizeEncoding"><field name="q" id="21" type="int32"/></group>
            <data name="note" id="30" type="text"/>
          </sbe:message>
        </sbe:messageSchema>
        """.getBytes(StandardCharsets.UTF_8));

    private static Map<String, String> row() {
        final Map<String, String> row = new LinkedHashMap<>();
        row.put("n", "18446744073709551615");
        row.put("o", "");
        row.put("real", "1e-3");
        row.put("side", "SELL");
        row.put("flags", "a b");
        row.put("code", "ab");
        row.put("three", "1 -2 3");
        row.put("price", "12.30");
        row.put("at.x", "-7");
        row.put("at.y", "0.5");
        row.put("note", "5");
        return row;
    }

    private static String published(final Map<String, String> row) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        return SCHEMA.toJson(1, buffer, 0, SCHEMA.encode("Trade", SCHEMA.fromText("Trade", row), buffer, 0));
    }

    @Test
    void shouldConvertTextToEveryType() {
        assertThat(published(row())).isEqualTo("{\"n\":18446744073709551615,\"o\":null,\"real\":0.001,\"side\":\"SELL\","
            + "\"flags\":[\"a\",\"b\"],\"code\":\"ab\",\"three\":[1,-2,3],\"price\":12.30,\"at\":{\"x\":-7,\"y\":0.5},"
            + "\"legs\":[],\"note\":\"5\"}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "real  | NaN        | \"real\":\"NaN\"",
        "side  | 0          | \"side\":\"BUY\"",
        "o     | -5         | \"o\":-5",
        "n     | 1.0        | \"n\":1,",
        "note  | ''         | \"note\":\"\"",
        "code  | ''         | \"code\":\"\"",
    })
    void shouldConvert(final String name, final String text, final String json) {
        final Map<String, String> row = row();
        row.put(name, text);
        assertThat(published(row)).contains(json);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "n          | -1     | Trade.n: -1 is not within uint64",
        "n          | ''     | Trade.n: is missing",
        "n          | 1.5    | Trade.n: 1.5 is no whole number",
        "n          | many   | Trade.n: 'many' is no number",
        "real       | big    | Trade.real: 'big' is no number",
        "side       | HOLD   | Trade.side: 'HOLD' is not in Side",
        "flags      | a c    | Trade.flags: 'c' is not in Flags",
        "three      | 1 2    | Trade.three: a list is no list of 3",
        "three      | 1 2 z  | Trade.three: 'z' is no number",
        "code       | abcde  | Trade.code: has 5 bytes",
        "price      | 1.234  | Trade.price",
        "at         | 1      | Trade.at: is given twice",
        "at.z       | 1      | Trade.at.z: there is no member 'z'; there are [x, y]",
        "n.x        | 1      | Trade.n.x: n has no members",
        "legs       | 1      | Trade.legs: is a group",
        "what       | 1      | Trade.what: there is no member 'what'",
    })
    void shouldNameTheColumnThatCannotBeConverted(final String name, final String text, final String message) {
        final Map<String, String> row = row();
        row.put(name, text);
        assertThatThrownBy(() -> published(row)).isInstanceOf(RecordException.class).hasMessageContaining(message);
    }

    @Test
    void shouldRefuseDigitsWithoutEnd() {
        final Map<String, String> row = row();
        row.put("n", "1".repeat(100_000));
        assertThatThrownBy(() -> published(row)).isInstanceOf(RecordException.class).hasMessageContaining("too long");
    }
}
