/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.codec.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.codec.schema.DraftSchema.Field;
import dev.peregrine.codec.schema.DraftSchema.Group;
import dev.peregrine.codec.schema.DraftSchema.Members;
import dev.peregrine.codec.schema.DraftSchema.Message;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class SchemaEvolutionTest {
    private static DraftSchema orders() {
        final DraftSchema draft = new DraftSchema();
        final Message order = new Message();
        order.id = 1;
        order.name = "Order";
        order.members.fields.addAll(List.of(new Field(1, "id", "int64", false, 0),
            new Field(2, "price", "Decimal", false, 0), new Field(3, "color", "Color", false, 0),
            new Field(4, "flags", "Flags", false, 0), new Field(5, "pair", "Pair", true, 0)));
        final Group legs = new Group();
        legs.id = 10;
        legs.name = "legs";
        legs.members.fields.add(new Field(11, "size", "uint32", false, 0));
        final Group tags = new Group();
        tags.id = 15;
        tags.name = "tags";
        tags.members.fields.add(new Field(16, "tag", "Text8", false, 0));
        order.members.groups.addAll(List.of(legs, tags));
        order.members.data.addAll(List.of(new Field(20, "note", "Words", false, 0),
            new Field(21, "more", "Words", false, 0)));
        draft.messages.add(order);
        final Message cancel = new Message();
        cancel.id = 2;
        cancel.name = "Cancel";
        cancel.members.fields.add(new Field(1, "id", "int64", false, 0));
        draft.messages.add(cancel);
        return draft;
    }

    private static List<String> differences(final Consumer<DraftSchema> change) {
        final DraftSchema draft = orders();
        final Schema before = draft.build();
        draft.version = 2;
        change.accept(draft);
        return SchemaEvolution.differences(before, draft.build());
    }

    private static Members order(final DraftSchema draft) {
        return draft.messages.get(0).members;
    }

    private static Field field(final DraftSchema draft, final int index) {
        return order(draft).fields.get(index);
    }

    private static void swap(final List<?> list) {
        java.util.Collections.swap(list, 0, 1);
    }

    private static void assertRefused(final String why, final Consumer<DraftSchema> change) {
        assertThat(differences(change)).as(why).contains(why);
    }

    @Test
    void shouldTakeWhatOlderReadersCanSkip() {
        assertThat(differences(draft -> { })).isEmpty();
        assertThat(differences(draft -> order(draft).fields.add(new Field(6, "x", "int32", true, 2)))).isEmpty();
        assertThat(differences(draft -> order(draft).groups.get(0).members.fields
            .add(new Field(6, "x", "Color", true, 2)))).isEmpty();
        assertThat(differences(draft -> order(draft).data.add(new Field(22, "x", "Bytes", false, 2)))).isEmpty();
        assertThat(differences(draft -> draft.colors.add(new String[] {"PINK", "9", "2"}))).isEmpty();
        assertThat(differences(draft -> draft.flags.add(new String[] {"big", "4", "2"}))).isEmpty();
        assertThat(differences(draft -> order(draft).minLength = 100)).isEmpty();
        assertThat(differences(draft -> {
            final Message message = new Message();
            message.id = 3;
            message.name = "New";
            message.since = 2;
            message.members.fields.add(new Field(1, "x", "int32", false, 2));
            draft.messages.add(0, message);
        })).isEmpty();
        assertThat(differences(draft -> draft.messages.get(1).members.groups.add(newGroup()))).isEmpty();
    }

    private static Group newGroup() {
        final Group group = new Group();
        group.id = 40;
        group.name = "added";
        group.since = 2;
        group.members.fields.add(new Field(41, "y", "int8", false, 2));
        return group;
    }

    @Test
    void shouldNameEachDifferenceThatIsRefused() {
        assertRefused("id: changed from 7 to 8", draft -> draft.id = 8);
        assertRefused("version: lowered from 1 to 0", draft -> draft.version = 0);
        assertRefused("byteOrder: changed from LITTLE_ENDIAN to BIG_ENDIAN", draft -> draft.byteOrder = "bigEndian");
        assertRefused("Cancel: removed", draft -> draft.messages.remove(1));
        assertRefused("Cancel: renamed to Undo", draft -> draft.messages.get(1).name = "Undo");
        assertRefused("Cancel: template id changed from 2 to 5", draft -> draft.messages.get(1).id = 5);
        assertRefused("Order.pair: removed", draft -> order(draft).fields.remove(4));
        assertRefused("Order: block length lowered from 41 to 20", draft -> order(draft).fields.remove(4));
        assertRefused("Order.id: renamed to key", draft -> field(draft, 0).name = "key");
        assertRefused("Order.id: moved from place 0 to 1 of the fields", draft -> swap(order(draft).fields));
        assertRefused("Order.id: offset changed from 0 to 9", draft -> swap(order(draft).fields));
        assertRefused("Order.id: retyped from int64 to int32", draft -> field(draft, 0).type = "int32");
        assertRefused("Order.id: retyped from int64 to composite", draft -> field(draft, 0).type = "Pair");
        assertRefused("Order.price: offset changed from 8 to 4", draft -> field(draft, 0).type = "int32");
        assertRefused("Order.id: presence changed from required to optional", draft -> field(draft, 0).optional = true);
        assertRefused("Order.id: field id changed from 1 to 99", draft -> field(draft, 0).id = 99);
        assertRefused("Order.id: sinceVersion changed from 0 to 1", draft -> field(draft, 0).since = 1);
        assertRefused("Order.x: added but required; make it optional",
            draft -> order(draft).fields.add(new Field(6, "x", "int32", false, 2)));
        assertRefused("Order.x: added with sinceVersion 1; it must be above 1",
            draft -> order(draft).fields.add(new Field(6, "x", "int32", true, 1)));
        assertRefused("Order.x: added at offset 0, within the older block of 41 bytes",
            draft -> order(draft).fields.add(0, new Field(6, "x", "int32", true, 2)));
        assertRefused("Order.legs: group removed", draft -> order(draft).groups.remove(0));
        assertRefused("Order.legs: group moved from place 0 to 1", draft -> swap(order(draft).groups));
        assertRefused("Order.legs.size: retyped from uint32 to uint16",
            draft -> order(draft).groups.get(0).members.fields.get(0).type = "uint16");
        assertRefused("Order.added: group added before data, which older readers expect there",
            draft -> order(draft).groups.add(newGroup()));
        assertRefused("Order.legs.added: group added within a group, whose entries cannot grow so",
            draft -> order(draft).groups.get(0).members.groups.add(newGroup()));
        assertRefused("Order.legs.x: data added within a group, whose entries cannot grow so",
            draft -> order(draft).groups.get(0).members.data.add(new Field(30, "x", "Words", false, 2)));
        assertRefused("Order.note: data removed", draft -> order(draft).data.remove(0));
        assertRefused("Order.note: data moved from place 0 to 1", draft -> swap(order(draft).data));
        assertRefused("Order.note: type of data changed", draft -> order(draft).data.get(0).type = "Bytes");
        assertRefused("Order.note: type of data changed", draft -> draft.dataLength = "uint8");
        assertRefused("Order.color: enum value GREEN removed", draft -> draft.colors.remove(1));
        assertRefused("Order.color: enum value GREEN changed", draft -> draft.colors.get(1)[1] = "4");
        assertRefused("Order.color enum value PINK: added with sinceVersion 0; it must be above 1",
            draft -> draft.colors.add(new String[] {"PINK", "9", "0"}));
        assertRefused("Order.flags: choice wet changed", draft -> draft.flags.get(1)[1] = "4");
        assertRefused("Order.flags: choice wet removed", draft -> draft.flags.remove(1));
        assertRefused("Order.pair.second: retyped from uint32 to int32",
            draft -> draft.pairSecond = "<type name=\"second\" primitiveType=\"int32\"/>");
        assertRefused("Order.pair: composite changed from 5 members in 21 bytes to 6 in 22", draft -> draft.pairSecond
            += "<type name=\"third\" primitiveType=\"int8\" presence=\"optional\" sinceVersion=\"2\"/>");
        assertRefused("version: still 1, though something was added; raise it", draft -> {
            draft.version = 1;
            order(draft).minLength = 100;
        });
    }

    @Test
    void shouldSayAllInOneMessage() {
        final DraftSchema draft = orders();
        final Schema before = draft.build();
        draft.version = 2;
        field(draft, 0).type = "int32";
        draft.messages.remove(1);
        final Schema after = draft.build();
        assertThatThrownBy(() -> SchemaEvolution.check(before, after)).isInstanceOf(SchemaException.class)
            .hasMessageContaining("schema 7 version 2 cannot follow schema 7 version 1")
            .hasMessageContaining("Order.id: retyped").hasMessageContaining("Cancel: removed");
        assertThatCode(() -> SchemaEvolution.check(before, before)).doesNotThrowAnyException();
    }

    /** Steps that keep compatibility, in any number, are taken; one step that breaks it, among them, is named. */
    @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
    void shouldTellCompatibleFromIncompatible(@ForAll final long seed) {
        final Random random = new Random(seed);
        final DraftSchema draft = DraftSchema.random(random);
        final Schema before = draft.build();
        draft.version = 2 + random.nextInt(3);
        final int[] ids = {1000};
        for (int i = random.nextInt(6); i > 0; i--) {
            DraftChanges.compatible(draft, random, ids);
        }
        assertThat(SchemaEvolution.differences(before, draft.build())).as(draft.xml()).isEmpty();
        final String broken = DraftChanges.incompatible(draft, random);
        assertThat(SchemaEvolution.differences(before, draft.build())).as(draft.xml())
            .anySatisfy(difference -> assertThat(difference).startsWith(broken));
    }
}
