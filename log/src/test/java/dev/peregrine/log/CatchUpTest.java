/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.core.files.SystemFiles;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a reader far behind takes from the machine. */
class CatchUpTest {
    private static final int SEGMENT_LENGTH = 64 << 10;
    private static final int SEGMENTS = 12;
    private static final int LONGEST = 400;

    @TempDir
    private Path directory;
    private final CountingFiles files = new CountingFiles();

    /** Counts the segments that are mapped. */
    private static final class CountingFiles extends SystemFiles {
        private int mapped;

        @Override
        public MappedByteBuffer map(
            final FileChannel channel, final FileChannel.MapMode mode, final long offset, final long lengthBytes)
            throws IOException {
            mapped += lengthBytes > SEGMENT_LENGTH ? 1 : 0;
            return super.map(channel, mode, offset, lengthBytes);
        }

        @Override
        public void unmap(final MappedByteBuffer buffer) {
            mapped -= buffer.capacity() > SEGMENT_LENGTH ? 1 : 0;
            super.unmap(buffer);
        }
    }

    @Test
    void shouldMapOneSegmentAtATimeAndGiveEachBack() {
        final PartitionConfig config =
            PartitionConfig.of(directory, "test/0").withSegmentLength(SEGMENT_LENGTH).withFiles(files);
        try (PartitionLog log = PartitionLog.open(config); Appender appender = log.newAppender(1)) {
            for (long i = 0, end = 0; end < SEGMENTS * SEGMENT_LENGTH; i++) {
                end = Records.append(appender, 1, i, LONGEST);
            }
            try (PartitionReader tail = log.newReader(0)) {
                tail.seekToEnd();
                assertThat(tail.poll(frame -> { }, 1)).isZero();
                final int before = files.mapped;
                final List<Integer> added = new ArrayList<>();
                try (PartitionReader behind = log.newReader(0)) {
                    while (behind.position() < (SEGMENTS - 2) * SEGMENT_LENGTH) {
                        behind.poll(frame -> Records.check(frame, LONGEST), 50);
                        added.add(files.mapped - before);
                    }
                    assertThat(added).containsOnly(1);
                }
                assertThat(files.mapped).isEqualTo(before);
            }
        }
    }
}
