/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.codec.schema;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A schema that tests change step by step and write as XML. */
final class DraftSchema {
    static final List<String> TYPES = List.of("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
        "float", "double", "char", "Text8", "Utf6", "Shorts", "Color", "Letter", "Flags", "Decimal", "Price", "Pair");

    int id = 7;
    int version = 1;
    String byteOrder = "littleEndian";
    final List<Message> messages = new ArrayList<>();
    /** Name, value and sinceVersion. */
    final List<String[]> colors = new ArrayList<>(List.of(
        new String[] {"RED", "0", "0"}, new String[] {"GREEN", "1", "0"}, new String[] {"BLUE", "7", "0"}));
    final List<String[]> flags = new ArrayList<>(List.of(
        new String[] {"hot", "0", "0"}, new String[] {"wet", "3", "0"}, new String[] {"top", "15", "0"}));
    String pairSecond = "<type name=\"second\" primitiveType=\"uint32\"/>";
    String dataLength = "uint16";

    static final class Message {
        int id;
        String name;
        int since;
        final Members members = new Members();
    }

    static final class Members {
        final List<Field> fields = new ArrayList<>();
        final List<Group> groups = new ArrayList<>();
        final List<Field> data = new ArrayList<>();
        int minLength;
    }

    static final class Field {
        int id;
        String name;
        String type;
        boolean optional;
        int since;

        Field(final int id, final String name, final String type, final boolean optional, final int since) {
            this.id = id;
            this.name = name;
            this.type = type;
            this.optional = optional;
            this.since = since;
        }
    }

    static final class Group {
        int id;
        String name;
        int since;
        final Members members = new Members();
    }

    /** A schema with one to four messages of any shape. */
    static DraftSchema random(final Random random) {
        final DraftSchema schema = new DraftSchema();
        schema.byteOrder = random.nextInt(4) == 0 ? "bigEndian" : "littleEndian";
        final int[] ids = {0};
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            final Message message = new Message();
            message.id = 10 * (schema.messages.size() + 1);
            message.name = "Message" + message.id;
            fill(message.members, random, ids, 0);
            schema.messages.add(message);
        }
        return schema;
    }

    private static void fill(final Members members, final Random random, final int[] ids, final int depth) {
        for (int i = 1 + random.nextInt(6); i > 0; i--) {
            members.fields.add(new Field(++ids[0], "f" + ids[0], TYPES.get(random.nextInt(TYPES.size())),
                random.nextBoolean(), 0));
        }
        for (int i = depth < 3 ? random.nextInt(3) : 0; i > 0; i--) {
            final Group group = new Group();
            group.id = ++ids[0];
            group.name = "g" + ids[0];
            members.groups.add(group);
            fill(group.members, random, ids, depth + 1);
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            members.data.add(new Field(++ids[0], "d" + ids[0], random.nextBoolean() ? "Words" : "Bytes", false, 0));
        }
    }

    Schema build() {
        return Schema.parse("draft.xml", xml().getBytes(StandardCharsets.UTF_8));
    }

    String xml() {
        final StringBuilder xml = new StringBuilder(1000);
        xml.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sbe:messageSchema"
            + " xmlns:sbe=\"http://fixprotocol.io/2016/sbe\" package=\"p\" id=\"" + id + "\" version=\"" + version
            + "\" byteOrder=\"" + byteOrder + "\">\n<types>\n"
            + "<composite name=\"messageHeader\"><type name=\"blockLength\" primitiveType=\"uint16\"/>"
            + "<type name=\"templateId\" primitiveType=\"uint16\"/><type name=\"schemaId\" primitiveType=\"uint16\"/>"
            + "<type name=\"version\" primitiveType=\"uint16\"/></composite>\n"
            + "<composite name=\"groupSizeEncoding\"><type name=\"blockLength\" primitiveType=\"uint16\"/>"
            + "<type name=\"numInGroup\" primitiveType=\"uint16\"/></composite>\n"
            + "<composite name=\"Words\"><type name=\"length\" primitiveType=\"" + dataLength + "\"/>"
            + "<type name=\"varData\" primitiveType=\"uint8\" length=\"0\" characterEncoding=\"UTF-8\"/></composite>\n"
            + "<composite name=\"Bytes\"><type name=\"length\" primitiveType=\"" + dataLength + "\"/>"
            + "<type name=\"varData\" primitiveType=\"uint8\" length=\"0\"/></composite>\n"
            + "<type name=\"Text8\" primitiveType=\"char\" length=\"8\"/>\n"
            + "<type name=\"Utf6\" primitiveType=\"char\" length=\"6\" characterEncoding=\"UTF-8\"/>\n"
            + "<type name=\"Shorts\" primitiveType=\"int16\" length=\"3\"/>\n"
            + "<composite name=\"Decimal\"><type name=\"mantissa\" primitiveType=\"int64\"/>"
            + "<type name=\"exponent\" primitiveType=\"int8\"/></composite>\n"
            + "<composite name=\"Price\"><type name=\"mantissa\" primitiveType=\"int64\" presence=\"optional\"/>"
            + "<type name=\"exponent\" primitiveType=\"int8\" presence=\"constant\">-4</type></composite>\n"
            + "<enum name=\"Letter\" encodingType=\"char\"><validValue name=\"Ay\">A</validValue>"
            + "<validValue name=\"Bee\">B</validValue></enum>\n");
        xml.append("<enum name=\"Color\" encodingType=\"uint8\">");
        colors.forEach(color -> xml.append("<validValue name=\"" + color[0] + "\" sinceVersion=\"" + color[2] + "\">"
            + color[1] + "</validValue>"));
        xml.append("</enum>\n<set name=\"Flags\" encodingType=\"uint16\">");
        flags.forEach(flag -> xml.append("<choice name=\"" + flag[0] + "\" sinceVersion=\"" + flag[2] + "\">"
            + flag[1] + "</choice>"));
        xml.append("</set>\n<composite name=\"Pair\"><ref name=\"color\" type=\"Color\"/>"
            + "<ref name=\"price\" type=\"Price\"/>"
            + "<type name=\"always\" primitiveType=\"char\" presence=\"constant\" length=\"3\">yes</type>"
            + "<set name=\"bits\" encodingType=\"uint64\"><choice name=\"last\">63</choice></set>" + pairSecond
            + "</composite>\n</types>\n");
        for (final Message message : messages) {
            xml.append("<sbe:message name=\"" + message.name + "\" id=\"" + message.id + "\"" + since(message.since)
                + length(message.members) + ">\n");
            members(xml, message.members);
            xml.append("</sbe:message>\n");
        }
        return xml.append("</sbe:messageSchema>\n").toString();
    }

    private static String since(final int version) {
        return version == 0 ? "" : " sinceVersion=\"" + version + "\"";
    }

    private static String length(final Members members) {
        return members.minLength == 0 ? "" : " blockLength=\"" + members.minLength + "\"";
    }

    private static void members(final StringBuilder xml, final Members members) {
        members.fields.forEach(field -> xml.append("<field name=\"" + field.name + "\" id=\"" + field.id + "\" type=\""
            + field.type + "\"" + (field.optional ? " presence=\"optional\"" : "") + since(field.since) + "/>\n"));
        for (final Group group : members.groups) {
            xml.append("<group name=\"" + group.name + "\" id=\"" + group.id + "\"" + since(group.since)
                + length(group.members) + ">\n");
            members(xml, group.members);
            xml.append("</group>\n");
        }
        members.data.forEach(data -> xml.append("<data name=\"" + data.name + "\" id=\"" + data.id + "\" type=\""
            + data.type + "\"" + since(data.since) + "/>\n"));
    }
}
