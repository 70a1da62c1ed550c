/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.codec.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.codec.schema.DraftSchema.Field;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.core.files.SystemFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemaStoreTest {
    @TempDir
    private Path directory;

    private final DraftSchema draft = DraftSchema.random(new Random(4));
    private SchemaStore store;

    @BeforeEach
    void open() {
        store = new SchemaStore(FilesFacade.SYSTEM, directory.resolve("schema"));
    }

    private Schema add() {
        return store.add(draft.build(), draft.xml().getBytes(StandardCharsets.UTF_8));
    }

    private void nextVersion() {
        draft.version++;
        draft.messages.get(0).members.fields.add(new Field(500 + draft.version, "v" + draft.version, "int32", true,
            draft.version));
    }

    @Test
    void shouldKeepEveryVersionAndReadTheIrAlone() throws IOException {
        assertThat(store.latest()).isEmpty();
        final Schema first = add();
        nextVersion();
        add();
        for (int i = 0; i < 9; i++) {
            nextVersion();
        }
        assertThat(add().version()).isEqualTo(11);
        assertThat(store.latest().orElseThrow().version()).isEqualTo(11);
        assertThat(SchemaStore.name(first)).isEqualTo("schema-7-v1");
        Files.delete(directory.resolve("schema/schema-7-v1.xml"));
        assertThat(store.load("schema-7-v1").messages()).isEqualTo(first.messages());
        assertThat(Files.readString(directory.resolve("schema/schema-7-v11.xml"))).isEqualTo(draft.xml());
        assertThat(FilesFacade.SYSTEM.list(directory.resolve("schema"))).hasSize(5);
    }

    @Test
    void shouldTakeTheSameAgainAndRefuseAnotherOfThatVersion() throws IOException {
        add();
        assertThat(add().version()).isEqualTo(1);
        draft.messages.get(0).members.minLength = 500;
        assertThatThrownBy(this::add).isInstanceOf(SchemaException.class).hasMessageContaining("raise it");
        draft.messages.get(0).members.fields.remove(0);
        draft.version = 2;
        assertThatThrownBy(this::add).isInstanceOf(SchemaException.class).hasMessageContaining("removed");
        assertThat(FilesFacade.SYSTEM.list(directory.resolve("schema"))).hasSize(2);
    }

    @Test
    void shouldHaveTheOldVersionWhereTheNewOneIsNotWhole() {
        add();
        nextVersion();
        final SchemaStore failing = new SchemaStore(new SystemFiles() {
            @Override
            public void writeAtomically(final Path file, final byte[] content) throws IOException {
                if (file.toString().endsWith(".ir")) {
                    throw new IOException("no room");
                }
                super.writeAtomically(file, content);
            }
        }, directory.resolve("schema"));
        assertThatThrownBy(() -> failing.add(draft.build(), draft.xml().getBytes(StandardCharsets.UTF_8)))
            .isInstanceOf(StorageException.class).hasMessageContaining("schema 7 version 2")
            .hasMessageContaining("no room");
        assertThat(store.latest().orElseThrow().version()).isEqualTo(1);
        assertThat(add().version()).isEqualTo(2);
        assertThat(store.latest().orElseThrow().version()).isEqualTo(2);
    }

    @Test
    void shouldNameTheFileThatIsMissingOrDamaged() throws IOException {
        add();
        assertThatThrownBy(() -> store.load("schema-7-v9")).isInstanceOf(SchemaException.class)
            .hasMessageContaining("there is no schema file").hasMessageContaining("schema-7-v9.ir");
        Files.write(directory.resolve("schema/schema-7-v1.ir"), new byte[] {1, 2, 3});
        assertThatThrownBy(store::latest).isInstanceOf(SchemaException.class).hasMessageContaining("schema-7-v1.ir");
    }
}
