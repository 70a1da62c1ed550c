/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.codec.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class RecordJsonTest {
    private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() { };
    private static final ObjectMapper JSON = new ObjectMapper()
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private static final int OFFSET = 13;

    private static byte[] encode(final Schema schema, final String template, final Map<String, ?> record) {
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        buffer.setMemory(0, 128, (byte) 0x55);
        final byte[] bytes = new byte[schema.encode(template, record, buffer, OFFSET)];
        buffer.getBytes(OFFSET, bytes);
        return bytes;
    }

    private static String json(final Schema schema, final int template, final byte[] record) {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[record.length + OFFSET]);
        buffer.putBytes(OFFSET, record);
        return schema.toJson(template, buffer, OFFSET, record.length);
    }

    private static Map<String, Object> parse(final String json) {
        try {
            return JSON.readValue(json, MAP);
        } catch (final JsonProcessingException e) {
            throw new AssertionError("no JSON: " + json, e);
        }
    }

    @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
    void shouldMakeTheSameRecordOfItsJson(@ForAll final long seed) {
        final Random random = new Random(seed);
        final Schema schema = DraftSchema.random(random).build();
        final RandomRecords records = new RandomRecords(random);
        schema.messages().forEach((id, template) -> {
            final byte[] record = encode(schema, template.name(), records.of(template.block()));
            final String json = json(schema, id, record);
            assertThat(json).doesNotContain("\n");
            assertThat(encode(schema, template.name(), parse(json))).as(json).isEqualTo(record);
        });
    }

    @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
    void shouldShowOrRefuseAnyBytes(@ForAll final long seed) {
        final Random random = new Random(seed);
        final Schema schema = DraftSchema.random(random).build();
        final RandomRecords records = new RandomRecords(random);
        schema.messages().forEach((id, template) -> {
            final byte[] record = encode(schema, template.name(), records.of(template.block()));
            for (int i = 0; i < 50; i++) {
                final byte[] damaged = Arrays.copyOf(record, 1 + random.nextInt(record.length));
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
                try {
                    parse(json(schema, id, damaged));
                } catch (final RecordException e) {
                    assertThat(e).hasMessageMatching("(?s)(Message|the payload's header).*");
                }
            }
        });
    }

    private static Schema everything() {
        final DraftSchema draft = new DraftSchema();
        final DraftSchema.Message message = new DraftSchema.Message();
        message.id = 3;
        message.name = "All";
        int id = 0;
        for (final String type : DraftSchema.TYPES) {
            message.members.fields.add(new DraftSchema.Field(++id, "r" + type, type, false, 0));
            message.members.fields.add(new DraftSchema.Field(++id, "o" + type, type, true, 0));
        }
        final DraftSchema.Group group = new DraftSchema.Group();
        group.id = ++id;
        group.name = "legs";
        group.members.fields.add(new DraftSchema.Field(++id, "n", "uint8", false, 0));
        group.members.data.add(new DraftSchema.Field(++id, "note", "Words", false, 0));
        message.members.groups.add(group);
        message.members.data.add(new DraftSchema.Field(++id, "raw", "Bytes", false, 0));
        draft.messages.add(message);
        return draft.build();
    }

    private static final String ALL = """
        {"rint8":-128,"oint8":null,"rint16":-1,"oint16":5,"rint32":7,"oint32":null,"rint64":-9223372036854775808,\
        "oint64":9007199254740993,"ruint8":255,"ouint8":null,"ruint16":65535,"ouint16":65534,"ruint32":4294967295,\
        "ouint32":null,"ruint64":18446744073709551615,"ouint64":18446744073709551614,"rfloat":0.1,"ofloat":null,\
        "rdouble":"NaN","odouble":"-Infinity","rchar":"\\\\","ochar":null,"rText8":"a\\"b","oText8":null,"rUtf6":"\u20ac",\
        "oUtf6":"\u00e9","rShorts":[1,-2,3],"oShorts":[4,null,6],"rColor":"BLUE","oColor":null,"rLetter":"Bee",\
        "oLetter":null,"rFlags":["hot","top",1],"oFlags":[],"rDecimal":1.50,"oDecimal":null,"rPrice":12.3400,\
        "oPrice":null,"rPair":{"color":"RED","price":null,"always":"yes","bits":["last"],"second":9},"oPair":null,\
        "legs":[{"n":1,"note":"x\\ny"},{"n":2,"note":""}],"raw":"00ff"}""";

    @Test
    void shouldShowEveryKindOfValue() {
        final Schema schema = everything();
        final byte[] record = encode(schema, "All", parse(ALL));
        assertThat(json(schema, 3, record)).isEqualTo(ALL);
    }

    @Test
    void shouldNameTheFieldThatDoesNotFit() {
        final String[][] wrong = {
            {"rint8", "128", "All.rint8: 128 is not within int8, -128 to 127"},
            {"rint8", "1.5", "All.rint8: 1.5 is no whole number"},
            {"rint64", "1E999999999", "All.rint64: 1E+999999999 does not fit"},
            {"rint8", "\"1\"", "All.rint8: '1' is no number"},
            {"rint8", "null", "All.rint8: is missing and not optional"},
            {"oint8", "-128", "All.oint8: -128 is what stands for null"},
            {"ruint64", "-1", "All.ruint64: -1 is not within uint64, 0 to 18446744073709551615"},
            {"rfloat", "1e39", "All.rfloat: 1E+39 does not fit float"},
            {"rchar", "\"ab\"", "All.rchar: 'ab' is no single Latin-1 character"},
            {"rText8", "\"123456789\"", "All.rText8: has 9 bytes; there is room for 8"},
            {"rText8", "\"\u20ac\"", "All.rText8: '\u20ac' cannot be written in ISO-8859-1"},
            {"rShorts", "[1,2]", "All.rShorts: a list is no list of 3"},
            {"rShorts", "[1,2,40000]", "All.rShorts[2]: 40000 is not within int16, -32768 to 32767"},
            {"rColor", "\"PINK\"", "All.rColor: 'PINK' is not in Color; there are [RED, GREEN, BLUE]"},
            {"rFlags", "[\"dry\"]", "All.rFlags: 'dry' is not in Flags; there are [hot, wet, top]"},
            {"rFlags", "[16]", "All.rFlags: Flags has no bit 16"},
            {"rPrice", "0.00001", "All.rPrice: 0.00001 is no multiple of 1E-4"},
            {"rDecimal", "1E-200", "All.rDecimal: 1E-200 has an exponent that does not fit"},
            {"rPair", "{\"colour\":1}", "All.rPair: has no member 'colour'; it has [always, bits, color, price, second]"},
            {"rPair", "{\"color\":\"RED\",\"always\":\"no\"}",
                "All.rPair.always: 'no' is not the constant that it always is"},
            {"legs", "[{\"n\":1},{\"n\":300}]", "All.legs[1].n: 300 is not within uint8, 0 to 255"},
            {"legs", "[7]", "All.legs[0]: 7 is no object"},
            {"raw", "\"0\"", "All.raw: '0' is not hexadecimal"},
            {"more", "1", "All: has no member 'more'"}};
        final Schema schema = everything();
        for (final String[] change : wrong) {
            final Map<String, Object> record = parse(ALL);
            record.put(change[0], parse("{\"x\":" + change[1] + "}").get("x"));
            assertThatThrownBy(() -> encode(schema, "All", record)).as(change[0]).isInstanceOf(RecordException.class)
                .hasMessageContaining(change[2]);
        }
        assertThatThrownBy(() -> schema.encode("Nothing", Map.of(), new ExpandableArrayBuffer(), 0))
            .isInstanceOf(RecordException.class).hasMessageContaining("[All]");
    }

    @Test
    void shouldShowBytesThatAreNoTextAndTakeThemBack() {
        final Schema schema = everything();
        final Map<String, Object> record = parse(ALL);
        record.put("rUtf6", Map.of("hex", "ff00"));
        final byte[] bytes = encode(schema, "All", record);
        final Object shown = parse(json(schema, 3, bytes)).get("rUtf6");
        assertThat(shown).isEqualTo(Map.of("hex", "ff0000000000"));
        record.put("rUtf6", shown);
        assertThat(encode(schema, "All", record)).isEqualTo(bytes);
    }

    @Test
    void shouldRefuseWhatIsNotTheRecordThatTheFrameSays() {
        final Schema schema = everything();
        final byte[] record = encode(schema, "All", parse(ALL));
        assertThatThrownBy(() -> json(schema, 4, record)).isInstanceOf(RecordException.class)
            .hasMessageContaining("no template 4");
        final byte[] other = record.clone();
        other[4] = 9;
        assertThatThrownBy(() -> json(schema, 3, other)).isInstanceOf(RecordException.class)
            .hasMessageContaining("says schema 9 template 3; the frame says schema 7 template 3");
        assertThatThrownBy(() -> json(schema, 3, Arrays.copyOf(record, 20))).isInstanceOf(RecordException.class)
            .hasMessageContaining("the record ends at byte 20");
        final byte[] shorter = record.clone();
        shorter[0] = 3;
        shorter[1] = 0;
        assertThatThrownBy(() -> json(schema, 3, shorter)).isInstanceOf(RecordException.class)
            .hasMessageContaining("All.rint16: the block has 3 bytes and ends before it");
    }

    @Test
    void shouldReadWhatOtherVersionsWrote() {
        final DraftSchema draft = new DraftSchema();
        final DraftSchema.Message message = new DraftSchema.Message();
        message.id = 1;
        message.name = "M";
        message.members.fields.add(new DraftSchema.Field(1, "a", "int32", false, 0));
        draft.messages.add(message);
        final Schema older = draft.build();
        draft.version = 2;
        message.members.fields.add(new DraftSchema.Field(2, "b", "int32", true, 2));
        message.members.data.add(new DraftSchema.Field(3, "d", "Words", false, 2));
        final Schema newer = draft.build();
        SchemaEvolution.check(older, newer);
        assertThat(json(newer, 1, encode(older, "M", Map.of("a", 5)))).isEqualTo("{\"a\":5,\"b\":null,\"d\":null}");
        assertThat(json(older, 1, encode(newer, "M", Map.of("a", 5, "b", 6, "d", "x")))).isEqualTo("{\"a\":5}");
        assertThat(json(newer, 1, encode(newer, "M", Map.of("a", 5, "b", 6, "d", "x"))))
            .isEqualTo("{\"a\":5,\"b\":6,\"d\":\"x\"}");
    }
}
