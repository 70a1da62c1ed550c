/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.log.InspectionReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PositionInspectorTest {
    private static final int PARTITIONS = 3;

    @TempDir
    private Path stream;
    private Path file;
    private byte[] whole;

    @BeforeEach
    void commit() throws IOException {
        for (int i = 0; i < PARTITIONS; i++) {
            Files.createDirectory(stream.resolve("partition-" + i));
        }
        file = Files.createDirectory(stream.resolve("subscriptions")).resolve("audit.pos");
        try (PositionFile positions = new PositionFile(FilesFacade.SYSTEM, file, PARTITIONS)) {
            for (int commit = 1; commit < 3; commit++) {
                for (int i = 0; i < PARTITIONS; i++) {
                    positions.stage(i, 64L * commit, commit);
                }
                positions.commit();
            }
        }
        whole = Files.readAllBytes(file);
    }

    private void flip(final int... offsets) throws IOException {
        final byte[] bytes = whole.clone();
        for (final int offset : offsets) {
            bytes[offset] ^= 16;
        }
        Files.write(file, bytes);
    }

    private static int placesOf(final int copy) {
        return PositionDescriptor.copyOffset(copy, PARTITIONS) + PositionDescriptor.COPY_ENTRIES_OFFSET;
    }

    @Test
    void shouldPassAFileOfWhichOneCopyIsValid() throws IOException {
        Files.createDirectory(stream.resolve("partition-0.bak")); // none of the stream's
        assertThat(PositionInspector.filesIn(stream)).containsExactly(file);
        assertThat(PositionInspector.inspect(file)).isNull();
        for (int copy = 0; copy < 2; copy++) {
            flip(placesOf(copy));
            assertThat(PositionInspector.inspect(file)).isNull();
            assertThat(PositionInspector.repair(FilesFacade.SYSTEM, file)).isNull();
        }
        Files.delete(file);
        assertThat(PositionInspector.inspect(file)).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {PositionDescriptor.MAGIC_OFFSET, PositionDescriptor.FORMAT_OFFSET,
        PositionDescriptor.PARTITIONS_OFFSET})
    void shouldNameTheFieldOfTheHeaderThatIsDamaged(final int offset) throws IOException {
        flip(offset);
        final InspectionReport.Defect defect = PositionInspector.inspect(file);
        assertThat(defect.file()).isEqualTo(file);
        assertThat(defect.fileOffset()).isEqualTo(offset);
    }

    @Test
    void shouldFindTwoDamagedCopiesAndTakeTheFileOut() throws IOException {
        flip(placesOf(0), placesOf(1));
        assertThat(PositionInspector.inspect(file).fileOffset()).isEqualTo(PositionDescriptor.COPIES_OFFSET);
        assertThat(PositionInspector.inspect(file).problem()).contains("neither of its two copies");
        for (final String taken : new String[] {"audit.pos.torn", "audit.pos-2.torn"}) {
            flip(placesOf(0), placesOf(1));
            assertThat(PositionInspector.repair(FilesFacade.SYSTEM, file)).contains(file.toString(), taken, "beginning");
            assertThat(file).doesNotExist();
            assertThat(stream.resolve("subscriptions").resolve(taken)).exists();
        }
        assertThat(PositionInspector.filesIn(stream)).isEmpty();
    }

    @Test
    void shouldFindAFileThatIsCutShortOrOfAnotherStream() throws IOException {
        for (int length = 0; length < whole.length; length += 7) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThat(PositionInspector.inspect(file).fileOffset()).isEqualTo(length);
        }
        Files.write(file, whole);
        Files.delete(stream.resolve("partition-0"));
        assertThat(PositionInspector.inspect(file).problem()).contains("of a stream of 3 partitions, and not of 2");
    }
}
