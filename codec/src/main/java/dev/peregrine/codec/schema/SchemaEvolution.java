/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.codec.schema;

import dev.peregrine.codec.schema.Block.Data;
import dev.peregrine.codec.schema.Block.Group;
import dev.peregrine.codec.schema.Block.Template;
import dev.peregrine.codec.schema.ValueType.Composite;
import dev.peregrine.codec.schema.ValueType.EnumType;
import dev.peregrine.codec.schema.ValueType.Member;
import dev.peregrine.codec.schema.ValueType.Scalar;
import dev.peregrine.codec.schema.ValueType.SetType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Whether one version of a schema may follow another: each must read what the other has written.
 *
 * <p>It may add messages; optional or constant fields behind the fields there are; groups and data behind all there is in a
 * message (an entry of a group cannot grow behind its fields, since its successor follows); names in enums and sets. What
 * is added to a message, group, enum or set says so by a {@code sinceVersion} above the older version. Decoders that SBE
 * generated from the older version throw at a new name of an enum, unless generated with
 * {@code sbe.decode.unknown.enum.values}; sets and the JSON view take what they do not know.
 *
 * <p>Everything else is refused, a new name for an old thing too: JSON and generated code go by names. Descriptions, ranges
 * and marks of deprecation are free.
 */
public final class SchemaEvolution {
    private final int oldVersion;
    private final List<String> found = new ArrayList<>();

    private SchemaEvolution(final int oldVersion) {
        this.oldVersion = oldVersion;
    }

    /**
     * Refuses a schema that may not follow another.
     *
     * @throws SchemaException naming every difference that is not allowed.
     */
    public static void check(final Schema before, final Schema after) {
        final List<String> differences = differences(before, after);
        if (!differences.isEmpty()) {
            throw new SchemaException(after + " cannot follow " + before + ": " + String.join("; ", differences));
        }
    }

    /**
     * What keeps a schema from following another, e.g. {@code Order.price: retyped from int64 to int32}; none if nothing
     * does. Of the same version it must be the same schema.
     */
    public static List<String> differences(final Schema before, final Schema after) {
        final SchemaEvolution evolution = new SchemaEvolution(before.version());
        evolution.schema(before, after);
        return List.copyOf(evolution.found);
    }

    private void refuse(final String what, final String why) {
        found.add(what + ": " + why);
    }

    private void refuseIf(final boolean differs, final String what, final String why) {
        if (differs) {
            refuse(what, why);
        }
    }

    private void schema(final Schema before, final Schema after) {
        refuseIf(before.id() != after.id(), "id", "changed from " + before.id() + " to " + after.id());
        refuseIf(after.version() < before.version(), "version",
            "lowered from " + before.version() + " to " + after.version());
        refuseIf(before.byteOrder() != after.byteOrder(), "byteOrder",
            "changed from " + before.byteOrder() + " to " + after.byteOrder());
        refuseIf(!before.header().equals(after.header()), "message header", "changed");
        final Map<String, Integer> ids = new HashMap<>();
        after.messages().values().forEach(template -> ids.put(template.name(), template.id()));
        for (final Template old : before.messages().values()) {
            final Template now = after.messages().get(old.id());
            if (now != null && now.name().equals(old.name())) {
                block(old.block(), now.block(), old.name(), true);
            } else if (ids.containsKey(old.name())) {
                refuse(old.name(), "template id changed from " + old.id() + " to " + ids.get(old.name()));
            } else {
                refuse(old.name(), now == null ? "removed" : "renamed to " + now.name());
            }
        }
        if (found.isEmpty() && before.version() == after.version() && !before.messages().equals(after.messages())) {
            refuse("version", "still " + before.version() + ", though something was added; raise it");
        }
    }

    private void block(final Block before, final Block after, final String path, final boolean message) {
        refuseIf(after.length() < before.length(), path,
            "block length lowered from " + before.length() + " to " + after.length());
        final List<Member> now = after.fields();
        final Map<String, Integer> places = places(now.stream().map(Member::name).toList());
        int at = 0;
        for (final Member old : before.fields()) {
            final Integer place = places.get(old.name());
            final String name = path + "." + old.name();
            if (place == null) {
                final boolean renamed = at < now.size() && now.get(at).id() == old.id();
                refuse(name, renamed ? "renamed to " + now.get(at).name() : "removed");
            } else {
                refuseIf(place != at, name, "moved from place " + at + " to " + place + " of the fields");
                field(old, now.get(place), name);
            }
            at++;
        }
        final Map<String, Integer> oldPlaces = places(before.fields().stream().map(Member::name).toList());
        now.stream().filter(field -> !oldPlaces.containsKey(field.name()))
            .forEach(field -> added(field, before.length(), path + "." + field.name()));
        groups(before, after, path, message);
        data(before, after, path, message);
    }

    private static Map<String, Integer> places(final List<String> names) {
        final Map<String, Integer> places = new HashMap<>();
        names.forEach(name -> places.put(name, places.size()));
        return places;
    }

    private void field(final Member old, final Member now, final String name) {
        refuseIf(old.id() != now.id(), name, "field id changed from " + old.id() + " to " + now.id());
        refuseIf(!presence(old).equals(presence(now)), name,
            "presence changed from " + presence(old) + " to " + presence(now));
        refuseIf(old.encodedLength() > 0 && old.offset() != now.offset(), name,
            "offset changed from " + old.offset() + " to " + now.offset());
        refuseIf(old.since() != now.since(), name,
            "sinceVersion changed from " + old.since() + " to " + now.since());
        refuseIf(!Objects.equals(old.constant(), now.constant()), name,
            "constant changed from " + old.constant() + " to " + now.constant());
        type(old.type(), now.type(), name);
    }

    private static String presence(final Member field) {
        return field.isConstant() ? "constant" : field.optional() ? "optional" : "required";
    }

    private void added(final Member field, final int oldLength, final String name) {
        since(field.since(), name);
        refuseIf(!field.optional() && !field.isConstant(), name, "added but required; make it optional");
        refuseIf(field.encodedLength() > 0 && field.offset() < oldLength, name,
            "added at offset " + field.offset() + ", within the older block of " + oldLength + " bytes");
    }

    private void since(final int version, final String name) {
        refuseIf(version <= oldVersion, name, "added with sinceVersion " + version + "; it must be above " + oldVersion);
    }

    private void groups(final Block before, final Block after, final String path, final boolean message) {
        final Map<String, Integer> places = places(after.groups().stream().map(Group::name).toList());
        int at = 0;
        for (final Group old : before.groups()) {
            final Integer place = places.get(old.name());
            final String name = path + "." + old.name();
            if (place == null) {
                refuse(name, "group removed");
            } else {
                final Group now = after.groups().get(place);
                refuseIf(place != at, name, "group moved from place " + at + " to " + place);
                refuseIf(!old.dimension().equals(now.dimension()), name, "dimension type changed");
                refuseIf(old.id() != now.id() || old.since() != now.since(), name, "id or sinceVersion changed");
                block(old.block(), now.block(), name, false);
            }
            at++;
        }
        final Map<String, Integer> oldPlaces = places(before.groups().stream().map(Group::name).toList());
        for (final Group now : after.groups()) {
            if (!oldPlaces.containsKey(now.name())) {
                final String name = path + "." + now.name();
                since(now.since(), name);
                refuseIf(!message, name, "group added within a group, whose entries cannot grow so");
                refuseIf(!before.data().isEmpty(), name, "group added before data, which older readers expect there");
            }
        }
    }

    private void data(final Block before, final Block after, final String path, final boolean message) {
        final Map<String, Integer> places = places(after.data().stream().map(Data::name).toList());
        int at = 0;
        for (final Data old : before.data()) {
            final Integer place = places.get(old.name());
            final String name = path + "." + old.name();
            if (place == null) {
                refuse(name, "data removed");
            } else {
                final Data now = after.data().get(place);
                refuseIf(place != at, name, "data moved from place " + at + " to " + place);
                refuseIf(old.id() != now.id() || old.since() != now.since(), name, "id or sinceVersion changed");
                refuseIf(old.headerLength() != now.headerLength() || old.lengthOffset() != now.lengthOffset()
                    || !Objects.equals(old.charset(), now.charset()) || !sameScalar(old.length(), now.length()), name,
                    "type of data changed");
            }
            at++;
        }
        final Map<String, Integer> oldPlaces = places(before.data().stream().map(Data::name).toList());
        for (final Data now : after.data()) {
            if (!oldPlaces.containsKey(now.name())) {
                final String name = path + "." + now.name();
                since(now.since(), name);
                refuseIf(!message, name, "data added within a group, whose entries cannot grow so");
            }
        }
    }

    private void type(final ValueType old, final ValueType now, final String name) {
        if (old instanceof Scalar was && now instanceof Scalar is) {
            refuseIf(!sameScalar(was, is), name, "retyped from " + text(was) + " to " + text(is));
        } else if (old instanceof EnumType was && now instanceof EnumType is) {
            enumType(was, is, name);
        } else if (old instanceof SetType was && now instanceof SetType is) {
            setType(was, is, name);
        } else if (old instanceof Composite was && now instanceof Composite is) {
            composite(was, is, name);
        } else {
            refuse(name, "retyped from " + kind(old) + " to " + kind(now));
        }
    }

    private static boolean sameScalar(final Scalar was, final Scalar is) {
        return was.primitive() == is.primitive() && was.count() == is.count() && was.order() == is.order()
            && was.nullValue().equals(is.nullValue()) && Objects.equals(was.constant(), is.constant())
            && Objects.equals(was.charset(), is.charset());
    }

    private static String text(final Scalar type) {
        return type.primitive().primitiveName() + (type.count() > 1 ? "[" + type.count() + "]" : "")
            + (type.constant() == null ? "" : " constant " + type.constant())
            + (type.optional() ? " null " + type.nullValue() : "")
            + (type.charset() == null ? "" : " in " + type.charset());
    }

    private static String kind(final ValueType type) {
        return type instanceof Scalar scalar ? text(scalar)
            : type instanceof EnumType ? "enum" : type instanceof SetType ? "set" : "composite";
    }

    private void enumType(final EnumType was, final EnumType is, final String name) {
        refuseIf(was.primitive() != is.primitive() || was.order() != is.order() || was.nullValue() != is.nullValue(),
            name, "enum retyped");
        final Map<String, EnumType.Value> now = new HashMap<>();
        is.values().forEach(value -> now.put(value.name(), value));
        for (final EnumType.Value value : was.values()) {
            final EnumType.Value kept = now.remove(value.name());
            refuseIf(kept == null, name, "enum value " + value.name() + " removed");
            refuseIf(kept != null && kept.value() != value.value(), name,
                "enum value " + value.name() + " changed");
        }
        now.values().forEach(value -> since(value.since(), name + " enum value " + value.name()));
    }

    private void setType(final SetType was, final SetType is, final String name) {
        refuseIf(was.primitive() != is.primitive() || was.order() != is.order(), name, "set retyped");
        final Map<String, SetType.Choice> now = new HashMap<>();
        is.choices().forEach(choice -> now.put(choice.name(), choice));
        for (final SetType.Choice choice : was.choices()) {
            final SetType.Choice kept = now.remove(choice.name());
            refuseIf(kept == null, name, "choice " + choice.name() + " removed");
            refuseIf(kept != null && kept.bit() != choice.bit(), name, "choice " + choice.name() + " changed");
        }
        now.values().forEach(choice -> since(choice.since(), name + " choice " + choice.name()));
    }

    /** A composite has no length of its own in the record, so it cannot grow. */
    private void composite(final Composite was, final Composite is, final String name) {
        if (was.encodedLength() != is.encodedLength() || was.members().size() != is.members().size()) {
            refuse(name, "composite changed from " + was.members().size() + " members in " + was.encodedLength()
                + " bytes to " + is.members().size() + " in " + is.encodedLength());
            return;
        }
        for (int i = 0; i < was.members().size(); i++) {
            final Member old = was.members().get(i);
            final Member now = is.members().get(i);
            if (old.name().equals(now.name())) {
                field(old, now, name + "." + old.name());
            } else {
                refuse(name + "." + old.name(), "removed or moved; " + now.name() + " stands there");
            }
        }
    }
}
