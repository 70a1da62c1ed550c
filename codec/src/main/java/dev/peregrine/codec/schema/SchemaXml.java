/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.codec.schema;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParserFactory;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import uk.co.real_logic.sbe.ir.Ir;
import uk.co.real_logic.sbe.xml.IrGenerator;
import uk.co.real_logic.sbe.xml.ParserOptions;
import uk.co.real_logic.sbe.xml.XmlSchemaParser;

/**
 * Reads a schema in SBE's XML by sbe-tool, after a look by ourselves that makes it safe to: document types and entities are
 * refused, size, depth and expansion have limits, and places of elements are kept, since sbe-tool's errors name elements
 * and no lines.
 */
final class SchemaXml {
    static final int MAX_BYTES = 1 << 20;
    /** How sbe-tool begins an error: {@code at <parent name="p"><element name="n"> why}. */
    private static final Pattern PLACE = Pattern.compile(
        "at\\s*<([^\\s>]+)(?: name=\"([^\"]*)\")?>\\s*<([^\\s>]+)(?: name=\"([^\"]*)\")?>\\s*(.*)", Pattern.DOTALL);

    private SchemaXml() {
    }

    static Ir read(final String file, final byte[] xml) {
        if (xml.length > MAX_BYTES) {
            throw new SchemaException("schema " + file + " has " + xml.length + " bytes; at most " + MAX_BYTES
                + " are read: split it");
        }
        final SchemaOutline outline = new SchemaOutline(file);
        try {
            look(xml, outline);
            outline.checkExpansion();
            final ByteArrayOutputStream said = new ByteArrayOutputStream();
            try (PrintStream errors = new PrintStream(said, false, StandardCharsets.UTF_8)) {
                return new IrGenerator().generate(XmlSchemaParser.parse(new ByteArrayInputStream(xml),
                    ParserOptions.builder().stopOnError(true).suppressOutput(true).errorPrintStream(errors).build()));
            }
        } catch (final SAXParseException e) {
            throw new SchemaException("schema " + file + " line " + e.getLineNumber() + ": " + e.getMessage(), e);
        } catch (final SchemaException e) {
            throw e;
        } catch (final Exception e) { // sbe-tool throws whatever a schema makes it stumble over
            throw new SchemaException("schema " + file + refusal(e, outline), e);
        }
    }

    private static void look(final byte[] xml, final SchemaOutline outline)
        throws SAXException, IOException, ParserConfigurationException {
        final SAXParserFactory factory = SAXParserFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        factory.setFeature("http://xml.org/sax/features/external-general-entities", false);
        factory.setFeature("http://xml.org/sax/features/external-parameter-entities", false);
        factory.newSAXParser().parse(new ByteArrayInputStream(xml), outline);
    }

    private static String refusal(final Exception e, final SchemaOutline outline) {
        final String message = e.getMessage() == null ? e.toString() : e.getMessage();
        final Matcher place = PLACE.matcher(message);
        if (!place.matches()) {
            return " is no SBE schema: " + (e instanceof IllegalArgumentException || e instanceof IllegalStateException
                ? message : e.toString());
        }
        final int line = outline.line(place.group(1), place.group(2), place.group(3), place.group(4));
        final String element = place.group(4) == null ? place.group(3) : place.group(4);
        return (line == 0 ? "" : " line " + line) + ": " + element + ": " + place.group(5).trim();
    }
}
