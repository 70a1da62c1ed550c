/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.codec.schema;

import dev.peregrine.codec.schema.Block.Template;
import dev.peregrine.codec.schema.ValueType.Composite;
import dev.peregrine.codec.schema.ValueType.Member;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import uk.co.real_logic.sbe.ir.Ir;
import uk.co.real_logic.sbe.ir.IrDecoder;
import uk.co.real_logic.sbe.ir.IrEncoder;
import uk.co.real_logic.sbe.ir.Token;

/**
 * An SBE schema: its messages, by template id. Immutable and safe for use by many threads.
 *
 * <p>A record of a schema is what SBE's generated {@code wrapAndApplyHeader} writes: the schema's message header first,
 * then the message. The frame around it repeats schema id and template id, so these are 16 bits wide.
 *
 * <p>It is made from SBE's XML or from SBE's own encoding of its intermediate representation (IR). What was made from XML
 * has been through the IR too, so both ways lead to the same.
 */
public final class Schema {
    private static final int MAX_U16 = 0xFFFF;
    private static final int FIRST_IR_CAPACITY = 1 << 16;
    private static final int MAX_IR_BYTES = 16 << 20;

    private final int id;
    private final int version;
    private final ByteOrder byteOrder;
    private final Header header;
    private final SortedMap<Integer, Template> templates = new TreeMap<>();
    private final byte[] ir;
    /** A bit per template id, so that {@link #accepts} costs a load. */
    private final long[] accepted;

    /** Where the message header has what a reader needs. */
    record Header(int length, Member blockLength, Member templateId, Member schemaId, Member version) {
    }

    private Schema(final Ir decoded, final byte[] ir) {
        if (decoded.headerStructure() == null || decoded.byteOrder() == null) {
            throw new SchemaException("it has no message header");
        }
        if (decoded.id() < 0 || decoded.id() > MAX_U16 || decoded.version() < 0 || decoded.version() > MAX_U16) {
            throw new SchemaException(
                "id " + decoded.id() + " or version " + decoded.version() + " is not 0 to " + MAX_U16);
        }
        this.id = decoded.id();
        this.version = decoded.version();
        this.byteOrder = decoded.byteOrder();
        this.header = header(decoded.headerStructure().tokens());
        this.ir = ir;
        for (final List<Token> message : decoded.messages()) {
            final Template template = new TokenReader(message).message();
            templates.put(template.id(), template);
        }
        if (templates.isEmpty()) {
            throw new SchemaException("it has no messages");
        }
        if (templates.values().stream().map(Template::name).distinct().count() < templates.size()) {
            throw new SchemaException("two messages have one name");
        }
        accepted = new long[templates.lastKey() / Long.SIZE + 1];
        templates.keySet().forEach(template -> accepted[template / Long.SIZE] |= 1L << template);
    }

    private static Header header(final List<Token> tokens) {
        final Composite composite = new TokenReader(tokens).header();
        final Token token = tokens.get(0);
        return new Header(composite.encodedLength(), TokenReader.count(token, composite, "blockLength"),
            TokenReader.count(token, composite, "templateId"), TokenReader.count(token, composite, "schemaId"),
            TokenReader.count(token, composite, "version"));
    }

    /**
     * Reads SBE's XML. External entities and document types are refused; at most 1 MiB.
     *
     * @param file where it comes from, for messages.
     * @throws SchemaException naming the file, the line if known, and what is wrong.
     */
    public static Schema parse(final String file, final byte[] xml) {
        return decode(file, encode(file, SchemaXml.read(file, xml)));
    }

    private static byte[] encode(final String file, final Ir ir) {
        for (int capacity = FIRST_IR_CAPACITY; capacity <= MAX_IR_BYTES; capacity *= 2) {
            final ByteBuffer buffer = ByteBuffer.allocate(capacity);
            try {
                final byte[] encoded = new byte[new IrEncoder(buffer, ir).encode()];
                buffer.get(0, encoded);
                return encoded;
            } catch (final IndexOutOfBoundsException | BufferOverflowException e) {
                continue; // again, with more room
            } catch (final RuntimeException e) { // e.g. a description over 64 KiB
                throw new SchemaException("schema " + file + " cannot be kept: " + e.getMessage(), e);
            }
        }
        throw new SchemaException("schema " + file + " is over " + MAX_IR_BYTES + " bytes as IR; split it");
    }

    /**
     * Reads SBE's encoding of its IR; at most 16 MiB.
     *
     * @param file where it comes from, for messages.
     * @throws SchemaException naming the file and what is wrong.
     */
    public static Schema decode(final String file, final byte[] ir) {
        if (ir.length > MAX_IR_BYTES) {
            throw new SchemaException("schema " + file + " has " + ir.length + " bytes; at most " + MAX_IR_BYTES
                + " are read");
        }
        try (IrDecoder decoder = new IrDecoder(ByteBuffer.wrap(ir))) {
            return new Schema(decoder.decode(), ir.clone());
        } catch (final SchemaException e) {
            throw new SchemaException("schema " + file + ": " + e.getMessage(), e);
        } catch (final RuntimeException e) { // the decoder throws whatever the bytes make it stumble over
            throw new SchemaException("schema " + file + " is no SBE IR: " + e, e);
        }
    }

    /** Its number, unsigned 16 bits. */
    public int id() {
        return id;
    }

    /** Its version, unsigned 16 bits. */
    public int version() {
        return version;
    }

    /** Order of the bytes of its numbers. */
    public ByteOrder byteOrder() {
        return byteOrder;
    }

    /** Names of its messages by template id. */
    public SortedMap<Integer, String> templates() {
        final SortedMap<Integer, String> names = new TreeMap<>();
        templates.forEach((number, template) -> names.put(number, template.name()));
        return Collections.unmodifiableSortedMap(names);
    }

    /** A copy of SBE's encoding of its IR. */
    public byte[] ir() {
        return ir.clone();
    }

    /** Whether a frame with these ids is of this schema. Allocates nothing. */
    public boolean accepts(final int schemaId, final int templateId) {
        final int word = templateId >>> 6;
        return schemaId == id && word < accepted.length && (accepted[word] & 1L << templateId) != 0;
    }

    /**
     * A record as one JSON object on one line, whatever version of the schema wrote it. Fields that it does not have, and
     * those that hold the null value, are {@code null}; a value of an enum without a name is its number; a set is the list
     * of its choices; a composite of mantissa and exponent is a decimal; data without a character encoding is hexadecimal;
     * NaN and infinities are strings.
     *
     * @param templateId what the frame says.
     * @throws RecordException if the bytes are no record of this schema and template.
     */
    public String toJson(final int templateId, final DirectBuffer buffer, final int offset, final int length) {
        return new RecordToJson(this, buffer, offset, length).write(templateId);
    }

    /**
     * Makes a record of what {@link #toJson} shows, header included. Optional fields, groups and data may be absent;
     * numbers may be of any kind that holds them exactly.
     *
     * @param template name of the message.
     * @param values by name: numbers, strings, lists and maps, as a JSON parser makes them. Decimals should come as
     *     {@link java.math.BigDecimal}.
     * @param buffer grows if it can.
     * @return length of the record, bytes.
     * @throws RecordException naming the field that is missing, unknown or does not fit.
     */
    public int encode(
        final String template, final Map<String, ?> values, final MutableDirectBuffer buffer, final int offset) {
        return new JsonToRecord(this, buffer, offset).write(template(template), values);
    }

    /**
     * Makes the values for {@link #encode} of texts, as a row of a table has them. A member of a composite has the name
     * {@code field.member}; a decimal is one number; elements of an array and choices of a set have blanks between them; an
     * empty text is an absent value, and for data and required characters an empty one. Groups cannot be given.
     *
     * @throws RecordException naming the field that is unknown or whose text is not of its type; what does not fit,
     *     {@link #encode} refuses.
     */
    public Map<String, Object> fromText(final String template, final Map<String, String> texts) {
        return new TextToValues(template, template(template).block()).read(texts);
    }

    /**
     * Template id of a message.
     *
     * @throws RecordException if there is none of that name.
     */
    public int templateId(final String template) {
        return template(template).id();
    }

    private Template template(final String name) {
        for (final Template template : templates.values()) {
            if (template.name().equals(name)) {
                return template;
            }
        }
        throw new RecordException("schema " + id + " has no message '" + name + "'; there are: "
            + templates().values());
    }

    Header header() {
        return header;
    }

    SortedMap<Integer, Template> messages() {
        return templates;
    }

    @Override
    public String toString() {
        return "schema " + id + " version " + version;
    }
}
