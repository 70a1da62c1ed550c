/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.codec.schema;

import dev.peregrine.codec.schema.DraftSchema.Field;
import dev.peregrine.codec.schema.DraftSchema.Group;
import dev.peregrine.codec.schema.DraftSchema.Members;
import dev.peregrine.codec.schema.DraftSchema.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random steps from one version of a schema to the next. */
final class DraftChanges {
    private DraftChanges() {
    }

    /** Adds something that may be added; ids give the names. */
    static void compatible(final DraftSchema draft, final Random random, final int[] ids) {
        final int id = ++ids[0];
        final Message message = draft.messages.get(random.nextInt(draft.messages.size()));
        switch (random.nextInt(7)) {
            case 0 -> message.members.fields.add(optional(draft, random, id));
            case 1 -> any(message.members, random).fields.add(optional(draft, random, id));
            case 2 -> message.members.data.add(new Field(id, "d" + id, "Words", false, draft.version));
            case 3 -> draft.colors.add(new String[] {"COLOR" + id, String.valueOf(id - 900), "" + draft.version});
            case 4 -> {
                if (draft.flags.size() < 10) {
                    draft.flags.add(new String[] {"flag" + id, String.valueOf(draft.flags.size() + 1),
                        "" + draft.version});
                    draft.flags.get(draft.flags.size() - 1)[1] = String.valueOf(draft.flags.size() + 2);
                }
            }
            case 5 -> {
                final Message added = new Message();
                added.id = id;
                added.name = "Message" + id;
                added.since = draft.version;
                added.members.fields.add(new Field(++ids[0], "x", "int64", false, draft.version));
                draft.messages.add(random.nextInt(draft.messages.size() + 1), added);
            }
            default -> {
                if (message.members.data.isEmpty()) {
                    final Group group = new Group();
                    group.id = id;
                    group.name = "g" + id;
                    group.since = draft.version;
                    group.members.fields.add(new Field(++ids[0], "y", "Color", false, draft.version));
                    message.members.groups.add(group);
                }
            }
        }
    }

    private static Field optional(final DraftSchema draft, final Random random, final int id) {
        return new Field(id, "f" + id, DraftSchema.TYPES.get(random.nextInt(DraftSchema.TYPES.size())), true,
            draft.version);
    }

    private static Members any(final Members members, final Random random) {
        final List<Members> all = new ArrayList<>();
        collect(members, all);
        return all.get(random.nextInt(all.size()));
    }

    private static void collect(final Members members, final List<Members> all) {
        all.add(members);
        members.groups.forEach(group -> collect(group.members, all));
    }

    /** Breaks something that version 1 had; the beginning of how it must be named. */
    static String incompatible(final DraftSchema draft, final Random random) {
        final Message message =
            draft.messages.stream().filter(found -> found.since == 0).findFirst().orElseThrow();
        final Field first = message.members.fields.get(0);
        final String field = message.name + "." + first.name + ":";
        switch (random.nextInt(10)) {
            case 0:
                message.members.fields.remove(0);
                message.members.fields.add(0, new Field(3000, "zz", "int8", true, draft.version));
                return field + " removed";
            case 1:
                first.type = "int32".equals(first.type) ? "int64" : "int32";
                return field;
            case 2:
                first.optional = !first.optional;
                return field + " presence";
            case 3:
                first.id = 4000;
                return field + " field id";
            case 4:
                message.members.fields.add(0, new Field(3000, "zz", "int8", true, draft.version));
                return field + " moved";
            case 5:
                message.id = 5000;
                return message.name + ": template id";
            case 6:
                draft.id++;
                return "id:";
            case 7:
                final String name = message.name;
                message.name = "Another";
                return name + ": renamed to Another";
            case 8:
                draft.byteOrder = "bigEndian".equals(draft.byteOrder) ? "littleEndian" : "bigEndian";
                return "byteOrder:";
            default:
                message.members.fields.add(new Field(3000, "zz", "int8", false, draft.version));
                return message.name + ".zz: added but required";
        }
    }
}
