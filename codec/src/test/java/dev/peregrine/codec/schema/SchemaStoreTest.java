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
import dev.peregrine.core.testing.FaultyFiles;
import dev.peregrine.core.testing.FaultyFiles.Call;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
        assertThat(FilesFacade.SYSTEM.list(directory.resolve("schema"))).hasSize(8);
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
        assertThat(FilesFacade.SYSTEM.list(directory.resolve("schema"))).hasSize(3);
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

    /** SBE's encoding has no checksum: a flipped bit of a name or a type would make another schema of it. */
    @Test
    void shouldRefuseAnIrOfWhichAnyByteIsFlippedAndNeedNoXml() throws IOException {
        draft.messages.subList(1, draft.messages.size()).clear(); // short, so that it takes no time
        final Schema kept = add();
        for (final Path file : FilesFacade.SYSTEM.list(directory.resolve("schema"))) {
            final byte[] bytes = Files.readAllBytes(file);
            for (int at = 0; at < bytes.length; at += file.toString().endsWith(".xml") ? 101 : 1) {
                final byte[] flipped = bytes.clone();
                flipped[at] ^= (byte) (1 << at % 8);
                Files.write(file, flipped);
                if (file.toString().endsWith(".xml")) {
                    assertThat(store.load("schema-7-v1").ir()).as("%s byte %d", file, at).isEqualTo(kept.ir());
                } else {
                    assertThatThrownBy(() -> store.load("schema-7-v1")).as("%s byte %d", file, at)
                        .isInstanceOf(SchemaException.class).hasMessageContaining("schema-7-v1.ir");
                }
            }
            Files.write(file, bytes);
        }
        assertThat(store.latest().orElseThrow().ir()).isEqualTo(kept.ir());
    }

    @Test
    void shouldReadAnIrThatWasKeptWithoutAChecksum() throws IOException {
        final Schema kept = add();
        Files.delete(directory.resolve("schema/schema-7-v1.crc"));
        assertThat(store.load("schema-7-v1").ir()).isEqualTo(kept.ir());
    }

    /** Whatever call fails while a version is kept, the one before it counts, and keeping it again works. */
    @ParameterizedTest
    @EnumSource(names = {"CREATE_DIRECTORIES", "OPEN", "LIST", "WRITE_ATOMICALLY"})
    void shouldHaveTheOldVersionWhateverFailsWhileTheNewOneIsKept(final Call call) {
        add();
        nextVersion();
        final FaultyFiles files = new FaultyFiles();
        final SchemaStore failing = new SchemaStore(files, directory.resolve("schema"));
        final byte[] xml = draft.xml().getBytes(StandardCharsets.UTF_8);
        int nth = 1;
        while (true) {
            files.heal();
            final int before = files.count(call);
            files.failNth(call, nth, "Input/output error");
            try {
                failing.add(draft.build(), xml);
                assertThat(files.count(call) - before).as("the fault did not strike").isLessThan(nth);
                break;
            } catch (final StorageException e) {
                assertThat(e).hasMessageContaining("schema").hasMessageContaining("Input/output error");
                assertThat(store.latest().orElseThrow().version()).isEqualTo(1);
                nth++;
            }
        }
        assertThat(nth).as("calls of %s", call).isGreaterThan(1);
        assertThat(store.latest().orElseThrow().version()).isEqualTo(2);
    }

    @Test
    void shouldKeepTheVersionOnceTheDiskHasRoomAgain() {
        add();
        nextVersion();
        final FaultyFiles files = new FaultyFiles().diskFull(true);
        final SchemaStore failing = new SchemaStore(files, directory.resolve("schema"));
        final byte[] xml = draft.xml().getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> failing.add(draft.build(), xml)).isInstanceOf(StorageException.class)
            .hasMessageContaining("schema 7 version 2").hasMessageContaining("No space left on device");
        assertThat(failing.latest().orElseThrow().version()).isEqualTo(1);
        files.heal();
        assertThat(failing.add(draft.build(), xml).version()).isEqualTo(2);
        assertThat(store.latest().orElseThrow().version()).isEqualTo(2);
    }
}
