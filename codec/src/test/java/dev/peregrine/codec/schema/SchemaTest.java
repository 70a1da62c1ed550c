/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.codec.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class SchemaTest {
    private static final String GOOD = DraftSchema.random(new Random(5)).xml();

    private static Schema parse(final String xml) {
        return Schema.parse("x.xml", xml.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertRefused(final String xml, final String why) {
        assertThatThrownBy(() -> parse(xml)).isInstanceOf(SchemaException.class)
            .hasMessageContaining("x.xml").hasMessageContaining(why);
    }

    @Test
    void shouldKnowIdsAndTemplates() {
        final DraftSchema draft = DraftSchema.random(new Random(3));
        draft.id = 65535;
        draft.version = 9;
        draft.messages.get(0).id = 65535;
        final Schema schema = draft.build();
        assertThat(schema.id()).isEqualTo(65535);
        assertThat(schema.version()).isEqualTo(9);
        assertThat(schema.templates()).containsEntry(65535, draft.messages.get(0).name);
        for (int template = 0; template <= 65535; template++) {
            assertThat(schema.accepts(65535, template)).isEqualTo(schema.templates().containsKey(template));
            assertThat(schema.accepts(7, template)).isFalse();
        }
    }

    @Test
    void shouldBeTheSameFromItsIr() {
        final Schema schema = parse(GOOD);
        final Schema again = Schema.decode("x.ir", schema.ir());
        assertThat(again.messages()).isEqualTo(schema.messages());
        assertThat(again.header()).isEqualTo(schema.header());
        assertThat(again.ir()).isEqualTo(schema.ir());
        assertThat(SchemaEvolution.differences(schema, again)).isEmpty();
    }

    /** Where the IR just does not fit into the first buffer, SBE says so in another way than where it is far too long. */
    @Test
    void shouldTakeASchemaOfAnyLength() {
        final StringBuilder fields = new StringBuilder();
        for (int i = 0; i < 1_000 && parse(ofFields(fields, 0)).ir().length < (1 << 16) - 3_000; i += 10) {
            for (int k = i; k < i + 10; k++) {
                fields.append("<field name=\"f" + k + "\" id=\"" + k + "\" type=\"int64\"/>");
            }
        }
        final int length = parse(ofFields(fields, 1)).ir().length;
        assertThat(length).isBetween((1 << 16) - 3_000, 1 << 16);
        for (int description = 2; description < 4_000; description += 7) {
            assertThat(parse(ofFields(fields, description)).ir()).hasSizeGreaterThan(length);
        }
    }

    private static String ofFields(final CharSequence fields, final int description) {
        return "<messageSchema package=\"p\" id=\"1\" version=\"0\"><types><composite name=\"messageHeader\">"
            + "<type name=\"blockLength\" primitiveType=\"uint16\"/><type name=\"templateId\" primitiveType=\"uint16\"/>"
            + "<type name=\"schemaId\" primitiveType=\"uint16\"/><type name=\"version\" primitiveType=\"uint16\"/>"
            + "</composite></types><message name=\"M\" id=\"1\" description=\"" + "d".repeat(description) + "\">"
            + fields + "</message></messageSchema>";
    }

    @Test
    void shouldNameTheLineOfAMistake() {
        final String[] lines = GOOD.split("\n");
        int line = 0;
        while (!lines[line].startsWith("<field")) {
            line++;
        }
        lines[line] = lines[line].replaceFirst("type=\"\\w+\"", "type=\"Nope\"");
        assertRefused(String.join("\n", lines), "x.xml line " + (line + 1) + ": f1: could not find type: Nope");
        assertRefused("<a>\n<b></a>", "line 2");
        assertRefused("<a/>", "no SBE schema");
        assertRefused("", "line");
    }

    @Test
    void shouldRefuseDocumentTypesAndEntities() {
        final String body = GOOD.substring(GOOD.indexOf('\n') + 1);
        assertRefused("<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/hostname\">]>\n"
            + body.replace(">yes<", ">&e;<"), "line 1: DOCTYPE");
        assertRefused("<!DOCTYPE a [<!ENTITY b \"b\"><!ENTITY c \"&b;&b;\">]>\n" + body, "DOCTYPE");
    }

    @Test
    void shouldRefuseWhatGrowsWithoutEnd() {
        assertRefused(GOOD + " ".repeat(SchemaXml.MAX_BYTES), "at most 1048576 are read");
        assertRefused("<a>".repeat(40) + "</a>".repeat(40), "nested deeper than 32");
        assertRefused("<a>" + "<b/>".repeat(11_000) + "</a>", "more than 10000 elements");
        final StringBuilder doubling = new StringBuilder("<composite name=\"t0\">"
            + "<type name=\"a\" primitiveType=\"int8\"/></composite>");
        final StringBuilder chain = new StringBuilder("<composite name=\"t0\"><ref name=\"a\" type=\"t99\"/></composite>");
        for (int i = 1; i < 100; i++) {
            chain.append("<composite name=\"t" + i + "\"><ref name=\"a\" type=\"t" + (i - 1) + "\"/></composite>");
            if (i < 15) {
                doubling.append("<composite name=\"t" + i + "\">");
                for (int k = 0; k < 4; k++) {
                    doubling.append("<ref name=\"r" + k + "\" type=\"t" + (i - 1) + "\"/>");
                }
                doubling.append("</composite>");
            }
        }
        assertRefused(GOOD.replace("</types>", doubling + "</types>"), "larger than 200000 elements");
        assertRefused(GOOD.replace("</types>", chain + "</types>"), "refers to itself");
    }

    @Test
    void shouldRefuseWhatFramesCannotHold() {
        assertRefused(GOOD.replaceFirst("id=\"10\"", "id=\"65536\""), "frames have room for");
        assertRefused(GOOD.replaceFirst(" id=\"7\"", " id=\"65536\""), "is not 0 to 65535");
        assertRefused(GOOD.replaceAll("(?s)<sbe:message .*</sbe:message>", ""), "x.xml");
        assertRefused(GOOD.replace("name=\"Text8\" primitiveType=\"char\" length=\"8\"",
            "name=\"Text8\" primitiveType=\"char\" length=\"70000\"")
            .replaceFirst("type=\"\\w+\"( presence=\"optional\")?/>\n", "type=\"Text8\"/>\n"), "x.xml");
    }

    @Property(tries = 40, edgeCases = EdgeCasesMode.NONE)
    void shouldTakeOrRefuseAnyXml(@ForAll final long seed) {
        final Random random = new Random(seed);
        final byte[] xml = GOOD.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 3; i++) {
            final byte[] damaged = random.nextBoolean() ? xml.clone() : Arrays.copyOf(xml, random.nextInt(xml.length));
            for (int k = random.nextInt(4); k >= 0 && damaged.length > 0; k--) {
                final int at = random.nextInt(damaged.length);
                damaged[at] = random.nextBoolean() ? (byte) random.nextInt() : xml[random.nextInt(xml.length)];
            }
            try {
                assertThat(Schema.parse("x.xml", damaged).templates()).isNotEmpty();
            } catch (final SchemaException e) {
                assertThat(e).hasMessageContaining("x.xml");
            }
        }
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void shouldTakeOrRefuseAnyIr(@ForAll final long seed) {
        final Random random = new Random(seed);
        final byte[] ir = IR;
        final byte[] damaged = random.nextInt(4) == 0 ? Arrays.copyOf(ir, random.nextInt(ir.length)) : ir.clone();
        for (int k = random.nextInt(6); k >= 0 && damaged.length > 0; k--) {
            damaged[random.nextInt(damaged.length)] = (byte) (random.nextBoolean() ? random.nextInt() : random.nextInt(8));
        }
        try {
            final Schema schema = Schema.decode("x.ir", damaged);
            for (final int template : schema.templates().keySet()) {
                final byte[] noise = new byte[200];
                random.nextBytes(noise);
                try {
                    schema.toJson(template, new org.agrona.concurrent.UnsafeBuffer(noise), 0, noise.length);
                } catch (final RecordException e) {
                    assertThat(e.getMessage()).isNotEmpty();
                }
            }
        } catch (final SchemaException e) {
            assertThat(e).hasMessageContaining("x.ir");
        }
    }

    private static final byte[] IR = DraftSchema.random(new Random(8)).build().ir();
}
