/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.testing.FaultyFiles;
import dev.peregrine.core.testing.FaultyFiles.Call;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemFilesTest {
    private static final int LENGTH = (3 << 20) + 4096;

    @TempDir
    private Path directory;

    @Test
    void shouldForceADirectoryInSpiteOfAnInterrupt() throws IOException {
        Thread.currentThread().interrupt();
        try {
            FilesFacade.SYSTEM.forceDirectory(directory);
        } finally {
            assertThat(Thread.interrupted()).as("still interrupted").isTrue();
        }
    }

    @Test
    void shouldAllocateRealBlocks() throws Exception {
        final Path file = directory.resolve("segment");
        FilesFacade.SYSTEM.allocate(file, LENGTH);
        assertThat(Files.size(file)).isEqualTo(LENGTH);
        assertThat(allocatedBytes(file)).isGreaterThanOrEqualTo(LENGTH);
        assertThat(Files.readAllBytes(file)).containsOnly(0);

        final Path sparse = directory.resolve("sparse");
        try (FileChannel channel = FilesFacade.SYSTEM.openReadWrite(sparse)) {
            FilesFacade.SYSTEM.map(channel, FileChannel.MapMode.READ_WRITE, 0, LENGTH);
        }
        assertThat(allocatedBytes(sparse)).as("the check tells the two apart").isLessThan(LENGTH);
    }

    /** As the system's own tool counts them; Java has no call for it. */
    private static long allocatedBytes(final Path file) throws Exception {
        final Process stat = new ProcessBuilder("stat", "-c", "%b %B", file.toString()).start();
        final String[] fields = new String(stat.getInputStream().readAllBytes(),
            java.nio.charset.StandardCharsets.US_ASCII).trim().split(" ");
        return Long.parseLong(fields[0]) * Long.parseLong(fields[1]);
    }

    /** A file system whose disk has room for so many bytes more. */
    private static FilesFacade withRoomFor(final long bytes) {
        return new SystemFiles() {
            @Override
            public FileChannel openReadWrite(final Path file) throws IOException {
                return new FullChannel(super.openReadWrite(file), bytes);
            }
        };
    }

    @Test
    void shouldDeleteThePartialFileWhenTheDiskIsFull() {
        final Path file = directory.resolve("segment");
        assertThatThrownBy(() -> withRoomFor(2 << 20).allocate(file, LENGTH))
            .isInstanceOf(IOException.class).hasMessage("No space left on device");
        assertThat(file).doesNotExist();
    }

    @Test
    void shouldGoOnAfterShortWrites() throws Exception {
        final Path file = directory.resolve("segment");
        withRoomFor(Long.MAX_VALUE).allocate(file, LENGTH);
        assertThat(Files.size(file)).isEqualTo(LENGTH);
    }

    @Test
    void shouldLeaveTheOldContentWhenAnAtomicWriteFails() throws Exception {
        final Path file = directory.resolve("table.conf");
        FilesFacade.SYSTEM.writeAtomically(file, new byte[] {1, 2, 3});
        final FilesFacade failing = new SystemFiles() {
            @Override
            public void rename(final Path from, final Path to) throws IOException {
                assertThat(from).hasBinaryContent(new byte[] {4, 5});
                throw new IOException("killed");
            }
        };
        assertThatThrownBy(() -> failing.writeAtomically(file, new byte[] {4, 5})).hasMessage("killed");
        assertThat(file).hasBinaryContent(new byte[] {1, 2, 3});
        FilesFacade.SYSTEM.writeAtomically(file, new byte[] {6});
        assertThat(file).hasBinaryContent(new byte[] {6});
        assertThat(FilesFacade.SYSTEM.list(directory)).containsExactly(file);
    }

    @Test
    void shouldForceTheNameOfEveryDirectoryItCreates() throws Exception {
        final AtomicInteger forced = new AtomicInteger();
        final FilesFacade counting = new SystemFiles() {
            @Override
            public void forceDirectory(final Path created) throws IOException {
                forced.incrementAndGet();
                super.forceDirectory(created);
            }
        };
        counting.createDirectories(directory.resolve("a/b/c"));
        counting.createDirectories(directory.resolve("a/b/c"));
        assertThat(directory.resolve("a/b/c")).isDirectory();
        assertThat(forced).hasValue(3);
    }

    @Test
    void shouldListFilesOnlyAndInOrder() throws Exception {
        Files.createDirectory(directory.resolve("a"));
        final Path second = Files.createFile(directory.resolve("c"));
        final Path first = Files.createFile(directory.resolve("b"));
        assertThat(FilesFacade.SYSTEM.list(directory)).containsExactly(first, second);
        assertThat(FilesFacade.SYSTEM.list(directory.resolve("nowhere"))).isEqualTo(List.of());
        FilesFacade.SYSTEM.delete(first);
        FilesFacade.SYSTEM.delete(first);
        assertThat(first).doesNotExist();
    }

    @Test
    void shouldStrikeTheNthCallOnly() throws Exception {
        final FaultyFiles files = new FaultyFiles().failNth(Call.ALLOCATE, 2, "broken");
        files.allocate(directory.resolve("one"), 10);
        assertThatThrownBy(() -> files.allocate(directory.resolve("two"), 10)).hasMessage("broken");
        files.shortenNth(Call.ALLOCATE, 1, 4).allocate(directory.resolve("three"), 10);
        files.allocate(directory.resolve("four"), 10);
        assertThat(FilesFacade.SYSTEM.list(directory)).extracting(Files::size).containsExactly(10L, 10L, 4L);
        assertThat(files.count(Call.ALLOCATE)).isEqualTo(4);

        final AtomicInteger delayed = new AtomicInteger();
        files.delayNth(Call.WRITE_ATOMICALLY, 1, delayed::incrementAndGet);
        files.writeAtomically(directory.resolve("five"), new byte[3]);
        files.shortenNth(Call.WRITE_ATOMICALLY, 1, 1).writeAtomically(directory.resolve("six"), new byte[3]);
        assertThat(delayed).hasValue(1);
        assertThat(directory.resolve("six")).hasSize(1);

        files.diskFull(true);
        assertThat(files.usableSpace(directory)).isZero();
        assertThatThrownBy(() -> files.allocate(directory.resolve("seven"), 10)).hasMessageContaining("No space");
        files.heal().allocate(directory.resolve("seven"), 10);
    }
}
