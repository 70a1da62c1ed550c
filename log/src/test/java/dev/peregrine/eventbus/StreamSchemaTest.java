/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.codec.schema.Schema;
import dev.peregrine.codec.schema.SchemaException;
import dev.peregrine.core.error.SchemaMismatchException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.log.RecordBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamSchemaTest {
    private static final String XML = """
        <sbe:messageSchema xmlns:sbe="http://fixprotocol.io/2016/sbe" package="p" id="70" version="VERSION">
          <types>
            <composite name="messageHeader">
              <type name="blockLength" primitiveType="uint16"/><type name="templateId" primitiveType="uint16"/>
              <type name="schemaId" primitiveType="uint16"/><type name="version" primitiveType="uint16"/>
            </composite>
          </types>
          <sbe:message name="Click" id="3"><field name="ad" id="1" type="int64"/>MORE</sbe:message>
        </sbe:messageSchema>
        """;
    private static final StreamConfig CLICKS = StreamConfig.of("clicks").withSegmentLength(64 << 10);

    @TempDir
    private Path directory;

    private EventBus open() {
        return EventBus.open(directory.resolve("streams"), FilesFacade.SYSTEM);
    }

    private String xml(final int version, final String more) throws IOException {
        final Path file = directory.resolve("clicks.xml");
        Files.writeString(file, XML.replace("VERSION", "" + version).replace("MORE", more));
        return file.toString();
    }

    private String second() throws IOException {
        return xml(2, "<field name=\"user\" id=\"2\" type=\"int32\" presence=\"optional\" sinceVersion=\"2\"/>");
    }

    private static void publish(final EventBus bus, final Map<String, ?> click) {
        final Schema schema = bus.schema("clicks").orElseThrow();
        final ExpandableArrayBuffer record = new ExpandableArrayBuffer();
        final int length = schema.encode("Click", click, record, 0);
        try (Publisher publisher = bus.publisher("clicks", "web")) {
            publisher.publish(0, schema.id(), schema.templateId("Click"), 0, record, 0, length);
        }
    }

    private static List<String> read(final EventBus bus) {
        final Schema schema = bus.schema("clicks").orElseThrow();
        final List<String> records = new ArrayList<>();
        try (Subscription subscription = bus.subscribe("clicks", "all")) {
            subscription.poll(frame -> records.add(schema.toJson(
                frame.templateId(), frame.buffer(), frame.payloadOffset(), frame.payloadLength())), 100);
        }
        return records;
    }

    @Test
    void shouldShowRecordsOfEveryVersionAfterTheFileIsGone() throws IOException {
        try (EventBus bus = open()) {
            bus.provision(CLICKS.withSchema(xml(1, "")));
            publish(bus, Map.of("ad", 5));
            bus.provision(CLICKS.withSchema(second()));
            publish(bus, Map.of("ad", 6, "user", 7));
        }
        Files.delete(directory.resolve("clicks.xml"));
        try (EventBus bus = open()) {
            assertThat(bus.stream("clicks").config().schema()).isEqualTo("schema-70-v2");
            assertThat(read(bus)).containsExactly("{\"ad\":5,\"user\":null}", "{\"ad\":6,\"user\":7}");
            assertThat(bus.provision(CLICKS).config().schema()).as("provisioned without one").isEqualTo("schema-70-v2");
        }
    }

    @Test
    void shouldRefuseForeignTemplatesAndGoOn() throws IOException {
        try (EventBus bus = open()) {
            bus.provision(CLICKS.withSchema(xml(1, "")));
            try (Publisher publisher = bus.publisher("clicks", "raw")) {
                final ExpandableArrayBuffer record = new ExpandableArrayBuffer();
                assertThatThrownBy(() -> publisher.publish(0, 70, 4, 0, record, 0, 8))
                    .isInstanceOf(SchemaMismatchException.class)
                    .hasMessageContaining("stream clicks is bound to schema 70 version 1 with templates {3=Click}")
                    .hasMessageContaining("schema 70 template 4");
                assertThatThrownBy(() -> publisher.publish(0, 71, 3, 0, record, 0, 8))
                    .isInstanceOf(SchemaMismatchException.class);
                assertThatThrownBy(() -> publisher.tryPublish(0, 70, 4, 0, record, 0, 8, null))
                    .isInstanceOf(SchemaMismatchException.class);
                final RecordBatch batch = new RecordBatch(1024);
                batch.add(0, 70, 3, 0, record, 0, 8);
                batch.add(0, 70, 4, 0, record, 0, 8);
                assertThatThrownBy(() -> publisher.publishBatch(batch)).isInstanceOf(SchemaMismatchException.class);
                publisher.claim(0, 8);
                assertThatThrownBy(() -> publisher.commit(0, 0, 0, 1)).isInstanceOf(SchemaMismatchException.class);
                assertThat(publisher.lastSequence()).isEqualTo(-1);
            }
            publish(bus, Map.of("ad", 1));
            assertThat(read(bus)).containsExactly("{\"ad\":1}");
        }
    }

    @Test
    void shouldBindAndUnbindWhileItIsUsed() throws IOException {
        try (EventBus bus = open()) {
            bus.provision(CLICKS);
            assertThat(bus.schema("clicks")).isEmpty();
            final ExpandableArrayBuffer record = new ExpandableArrayBuffer();
            try (Publisher publisher = bus.publisher("clicks", "raw")) {
                publisher.publish(0, 0, 0, 0, record, 0, 8);
                bus.alter(CLICKS.withSchema(xml(1, "")));
                assertThatThrownBy(() -> publisher.publish(0, 0, 0, 0, record, 0, 8))
                    .isInstanceOf(SchemaMismatchException.class);
                bus.alter(bus.stream("clicks").config().withSchema(""));
                publisher.publish(0, 0, 0, 0, record, 0, 8);
            }
            final String other = xml(1, "<field name=\"x\" id=\"9\" type=\"int8\"/>");
            assertThatThrownBy(() -> bus.alter(CLICKS.withSchema(other))).as("what it had still counts")
                .isInstanceOf(SchemaException.class).hasMessageContaining("Click.x: added");
        }
    }

    @Test
    void shouldRefuseWhatMayNotFollowAndKeepWhatItHas() throws IOException {
        try (EventBus bus = open()) {
            final String first = xml(1, "");
            bus.provision(CLICKS.withSchema(first));
            bus.provision(CLICKS.withSchema(first));
            final String wrong = xml(2, "<field name=\"user\" id=\"2\" type=\"int32\" sinceVersion=\"2\"/>");
            assertThatThrownBy(() -> bus.provision(CLICKS.withSchema(wrong))).isInstanceOf(SchemaException.class)
                .hasMessageContaining("Click.user: added but required");
            assertThatThrownBy(() -> bus.provision(CLICKS.withSchema(directory + "/none.xml")))
                .isInstanceOf(SchemaException.class).hasMessageContaining("there is no schema file");
            assertThatThrownBy(() -> bus.provision(StreamConfig.of("new").withSchema(directory + "/none.xml")))
                .isInstanceOf(SchemaException.class);
            assertThat(bus.streams()).hasSize(1);
            assertThat(bus.stream("clicks").config().schema()).isEqualTo("schema-70-v1");
            publish(bus, Map.of("ad", 1));
        }
        Files.write(directory.resolve("streams/clicks/schema/schema-70-v1.ir"), new byte[9]);
        assertThatThrownBy(this::open).isInstanceOf(SchemaException.class).hasMessageContaining("schema-70-v1.ir");
    }
}
