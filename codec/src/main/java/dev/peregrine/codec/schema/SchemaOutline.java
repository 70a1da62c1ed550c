/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.codec.schema;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.xml.sax.Attributes;
import org.xml.sax.Locator;
import org.xml.sax.SAXParseException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * First look at a schema: where its elements stand, and how large it gets when each reference to a type is replaced by
 * that type, which a few lines can make astronomical.
 */
final class SchemaOutline extends DefaultHandler {
    static final int MAX_DEPTH = 32;
    static final int MAX_ELEMENTS = 10_000;
    static final int MAX_EXPANDED = 200_000;
    /** Types within types within types. */
    private static final int MAX_REFERENCES = 16;
    private static final String NAME = "name";

    private record Open(String tag, String name) {
    }

    /** A type, or the messages: what it holds itself, and what it refers to. */
    private static final class Part {
        private final String name;
        private final List<String> references = new ArrayList<>();
        private long elements;
        private long expanded;

        Part(final String name) {
            this.name = name;
        }
    }

    private final String file;
    private final Map<String, Integer> lines = new HashMap<>();
    private final Map<String, Part> types = new HashMap<>();
    private final Part messages = new Part("the messages");
    private final Deque<Open> open = new ArrayDeque<>();
    private Part part = messages;
    private int partDepth;
    private int elements;
    private Locator locator;

    SchemaOutline(final String file) {
        this.file = file;
    }

    @Override
    public void setDocumentLocator(final Locator value) {
        locator = value;
    }

    @Override
    public void startElement(final String uri, final String local, final String tag, final Attributes attributes)
        throws SAXParseException {
        if (++elements > MAX_ELEMENTS) {
            throw new SAXParseException("more than " + MAX_ELEMENTS + " elements; split the schema", locator);
        }
        if (open.size() == MAX_DEPTH) {
            throw new SAXParseException("elements are nested deeper than " + MAX_DEPTH, locator);
        }
        final String name = attributes.getValue(NAME);
        final Open parent = open.peek();
        if (parent != null) {
            lines.putIfAbsent(key(parent.tag(), parent.name(), tag, name), locator.getLineNumber());
            if ("types".equals(parent.tag()) && name != null) {
                part = new Part(name);
                partDepth = open.size();
                types.put(name, part);
            }
        }
        open.push(new Open(tag, name));
        part.elements++;
        for (final String reference : new String[] {"type", "dimensionType", "encodingType"}) {
            if (attributes.getValue(reference) != null) {
                part.references.add(attributes.getValue(reference));
            }
        }
    }

    @Override
    public void endElement(final String uri, final String local, final String tag) {
        open.pop();
        if (part != messages && open.size() == partDepth) {
            part = messages;
        }
    }

    private static String key(final String parentTag, final String parentName, final String tag, final String name) {
        return parentTag + ' ' + parentName + '/' + tag + ' ' + name;
    }

    /** Line of an element, or 0 if there is none like that. */
    int line(final String parentTag, final String parentName, final String tag, final String name) {
        return lines.getOrDefault(key(parentTag, parentName, tag, name), 0);
    }

    void checkExpansion() {
        long all = expanded(messages, 0);
        for (final Part type : types.values()) {
            all += expanded(type, 0);
        }
        if (all > MAX_EXPANDED) {
            throw new SchemaException("schema " + file + " is larger than " + MAX_EXPANDED
                + " elements when its types are put in their places; split it");
        }
    }

    private long expanded(final Part of, final int depth) {
        if (depth > MAX_REFERENCES) {
            throw new SchemaException("schema " + file + ": type " + of.name + " refers to itself, or types are nested"
                + " deeper than " + MAX_REFERENCES);
        }
        if (of.expanded == 0) {
            long sum = of.elements;
            for (final String reference : of.references) {
                final Part type = types.get(reference);
                if (type != null) {
                    sum = Math.min(MAX_EXPANDED + 1L, sum + expanded(type, depth + 1));
                }
            }
            of.expanded = sum;
        }
        return of.expanded;
    }
}
