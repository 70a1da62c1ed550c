/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.DataDirectoryInUseException;
import dev.peregrine.core.error.FencedException;
import dev.peregrine.core.jvm.JvmFlags;
import dev.peregrine.core.testing.ChildJvm;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TakeOverTest {
    @TempDir
    private Path directory;

    /** Takes over from whoever holds the directory, says so, and ends when it is told to. */
    static final class Successor {
        private Successor() {
        }

        public static void main(final String[] arguments) throws IOException {
            final DataDirectoryLock lock = DataDirectoryLock.takeOver(FilesFacade.SYSTEM, Path.of(arguments[0]));
            for (int i = 1; i < arguments.length; i++) {
                lock.files().guard(Path.of(arguments[i]));
            }
            System.out.println(lock.files().fence().epoch() + " " + lock.files().fence().isTakeOver());
            System.in.read();
        }
    }

    private ChildJvm startSuccessor(final Path... guarded) throws IOException {
        return ChildJvm.start(
            Successor.class, JvmFlags.forRelease(Runtime.version().feature()),
            Stream.concat(Stream.of(directory), Stream.of(guarded)).map(Path::toString).toArray(String[]::new));
    }

    private static long links(final Path directory) throws IOException {
        try (Stream<Path> found = Files.list(directory)) {
            return found.filter(Files::isSymbolicLink).count();
        }
    }

    @Test
    void shouldGiveEveryWriterAHigherEpochAndNoDoorToThoseThatAreGone() throws Exception {
        for (long epoch = 1; epoch <= 3; epoch++) {
            try (DataDirectoryLock lock = DataDirectoryLock.take(FilesFacade.SYSTEM, directory)) {
                assertThat(lock.files().fence().epoch()).isEqualTo(epoch);
                assertThat(lock.files().fence().isRaised()).isFalse();
                assertThat(lock.files().fence().isTakeOver()).isFalse();
                assertThat(links(directory)).isEqualTo(1);
            }
        }
        assertThat(links(directory)).isZero();
    }

    @Test
    void shouldShowPlainPathsAndWriteThemThroughTheDoor() throws Exception {
        try (DataDirectoryLock lock = DataDirectoryLock.take(FilesFacade.SYSTEM, directory)) {
            final FilesFacade files = lock.files();
            final Path home = directory.resolve("a/b");
            files.createDirectories(home);
            files.writeAtomically(home.resolve("one"), new byte[] {1});
            files.allocate(home.resolve("two"), 10);
            files.rename(home.resolve("two"), home.resolve("three"));
            files.forceDirectory(home);
            assertThat(files.list(home)).containsExactly(home.resolve("one"), home.resolve("three"));
            files.delete(home.resolve("three"));
            assertThat(Files.readAllBytes(home.resolve("one"))).containsExactly(1);
            assertThat(home.resolve("three")).doesNotExist();
        }
    }

    @Test
    void shouldKeepAFencedWriterFromEveryPath() throws Exception {
        try (DataDirectoryLock lock = DataDirectoryLock.take(FilesFacade.SYSTEM, directory)) {
            final FilesFacade files = lock.files();
            final Path file = directory.resolve("file");
            files.writeAtomically(file, new byte[] {1});
            try (ChildJvm successor = startSuccessor()) {
                assertThat(successor.readLine()).isEqualTo("2 true");
                assertThat(files.fence().isRaised()).isTrue();
                assertThatThrownBy(() -> files.fence().check()).isInstanceOf(FencedException.class)
                    .hasMessageContaining("epoch 2").hasMessageContaining("epoch 1");
                assertThatThrownBy(() -> files.delete(file)).isInstanceOf(FencedException.class);
                assertThatThrownBy(() -> files.openReadWrite(file)).isInstanceOf(FencedException.class);
                assertThatThrownBy(() -> files.writeAtomically(file, new byte[0]))
                    .isInstanceOf(FencedException.class);
                assertThatThrownBy(() -> files.createDirectories(directory.resolve("x")))
                    .isInstanceOf(FencedException.class);
                assertThat(Files.readAllBytes(file)).containsExactly(1);
            }
        }
    }

    @Test
    void shouldHaveTheSystemRefuseACallThatWasDecidedOnBeforeTheTakeOver() throws Exception {
        try (DataDirectoryLock lock = DataDirectoryLock.take(FilesFacade.SYSTEM, directory)) {
            final Path door = ((FencedFiles) lock.files()).doors().get(0);
            Files.write(directory.resolve("old"), new byte[] {1});
            Files.write(directory.resolve("new"), new byte[] {2});
            try (ChildJvm successor = startSuccessor()) {
                assertThat(successor.readLine()).isEqualTo("2 true");
                // below the check of the epoch: what a thread does that was stopped between the two
                assertThatThrownBy(() -> FilesFacade.SYSTEM.rename(door.resolve("new"), door.resolve("old")))
                    .isInstanceOf(NoSuchFileException.class);
                FilesFacade.SYSTEM.delete(door.resolve("old"));
                assertThatThrownBy(() -> FilesFacade.SYSTEM.openReadWrite(door.resolve("third")))
                    .isInstanceOf(NoSuchFileException.class);
                assertThat(Files.readAllBytes(directory.resolve("old"))).containsExactly(1);
                assertThat(Files.readAllBytes(directory.resolve("new"))).containsExactly(2);
            }
        }
    }

    @Test
    void shouldKeepAFencedWriterFromASecondDirectoryToo(@TempDir final Path disk) throws Exception {
        final Path second = disk.resolve("second");
        try (DataDirectoryLock lock = DataDirectoryLock.take(FilesFacade.SYSTEM, directory)) {
            final FilesFacade files = lock.files();
            files.guard(second);
            files.guard(second);
            files.createDirectories(second.resolve("a/b"));
            files.writeAtomically(second.resolve("a/b/one"), new byte[] {1});
            assertThat(Files.readAllBytes(second.resolve("a/b/one"))).containsExactly(1);
            final Path door = ((FencedFiles) files).doors().get(1);
            assertThat(links(second)).isEqualTo(1);
            try (ChildJvm successor = startSuccessor(second)) {
                assertThat(successor.readLine()).isEqualTo("2 true");
                assertThatThrownBy(() -> files.writeAtomically(second.resolve("a/b/one"), new byte[] {2}))
                    .isInstanceOf(FencedException.class);
                assertThatThrownBy(() -> files.delete(second.resolve("a/b/one"))).isInstanceOf(FencedException.class);
                assertThatThrownBy(() -> files.createDirectories(second.resolve("c")))
                    .isInstanceOf(FencedException.class);
                // below the check of the epoch: what a thread does that was stopped between the two
                FilesFacade.SYSTEM.delete(door.resolve("a/b/one"));
                assertThatThrownBy(() -> FilesFacade.SYSTEM.openReadWrite(door.resolve("a/b/two")))
                    .isInstanceOf(NoSuchFileException.class);
                assertThat(Files.readAllBytes(second.resolve("a/b/one"))).containsExactly(1);
                assertThat(links(second)).isEqualTo(1);
                successor.kill();
            }
        }
        assertThat(links(second)).as("the dead successor's").isEqualTo(1);
        try (DataDirectoryLock lock = DataDirectoryLock.take(FilesFacade.SYSTEM, directory)) {
            lock.files().guard(second);
            assertThat(links(second)).isEqualTo(1);
            lock.files().writeAtomically(second.resolve("a/b/one"), new byte[] {3});
        }
        assertThat(links(second)).isZero();
    }

    /** The old writer was stopped before it came to the second directory. */
    @Test
    void shouldLeaveTheSuccessorItsDoorWhenTheOldWriterOpensOneLate(@TempDir final Path second) throws Exception {
        try (DataDirectoryLock lock = DataDirectoryLock.take(FilesFacade.SYSTEM, directory);
            ChildJvm successor = startSuccessor(second)) {
            assertThat(successor.readLine()).isEqualTo("2 true");
            final Path door = second.resolve(WriterEpochDescriptor.LINK_PREFIX + 2);
            assertThat(door).isSymbolicLink();
            assertThatThrownBy(() -> WriterEpoch.openDoor(second, lock.files().fence()))
                .isInstanceOf(FencedException.class);
            assertThat(door).isSymbolicLink();
            assertThat(links(second)).isEqualTo(1);
        }
    }

    /** Else a writer of the lost directory would have the same door. */
    @Test
    void shouldNotUseTheDoorOfAWriterWhoseDataDirectoryWasLost(@TempDir final Path second) throws Exception {
        final Path other = second.resolve(WriterEpochDescriptor.LINK_PREFIX + 7);
        Files.createSymbolicLink(other, Path.of("."));
        try (DataDirectoryLock lock = DataDirectoryLock.take(FilesFacade.SYSTEM, directory)) {
            lock.files().guard(second);
            assertThat(((FencedFiles) lock.files()).doors().get(1))
                .isEqualTo(second.toRealPath().resolve(WriterEpochDescriptor.LINK_PREFIX + 8));
            assertThat(Files.exists(other, java.nio.file.LinkOption.NOFOLLOW_LINKS)).isFalse();
        }
    }

    @Test
    void shouldGoOnWhereASecondDirectoryCannotBeMade() throws Exception {
        final Path file = Files.createFile(directory.resolve("a file"));
        try (DataDirectoryLock lock = DataDirectoryLock.take(FilesFacade.SYSTEM, directory.resolve("data"))) {
            lock.files().guard(file.resolve("second"));
            assertThatThrownBy(() -> lock.files().createDirectories(file.resolve("second/a")))
                .isInstanceOf(IOException.class);
        }
    }

    @Test
    void shouldLockOthersOutForTheSuccessorAndNotForTheOldWriter() throws Exception {
        final DataDirectoryLock old = DataDirectoryLock.take(FilesFacade.SYSTEM, directory);
        try (ChildJvm successor = startSuccessor()) {
            assertThat(successor.readLine()).isEqualTo("2 true");
            old.close();
            assertThatThrownBy(() -> DataDirectoryLock.take(FilesFacade.SYSTEM, directory))
                .isInstanceOf(DataDirectoryInUseException.class).hasMessageContaining("process " + successor.pid());
            successor.kill();
            try (DataDirectoryLock next = DataDirectoryLock.take(FilesFacade.SYSTEM, directory)) {
                assertThat(next.files().fence().epoch()).isEqualTo(3);
            }
        }
    }

    @Test
    void shouldTakeOverAgainWhereTheLastToDoSoDiedBeforeItWasDone() throws Exception {
        final DataDirectoryLock old = DataDirectoryLock.take(FilesFacade.SYSTEM, directory);
        try (ChildJvm successor = startSuccessor()) {
            assertThat(successor.readLine()).isEqualTo("2 true");
            successor.kill();
        }
        old.close();
        for (int i = 0; i < 2; i++) {
            try (DataDirectoryLock next = DataDirectoryLock.take(FilesFacade.SYSTEM, directory)) {
                assertThat(next.files().fence().isTakeOver()).isTrue();
            }
        }
        try (DataDirectoryLock next = DataDirectoryLock.take(FilesFacade.SYSTEM, directory)) {
            next.opened();
        }
        try (DataDirectoryLock next = DataDirectoryLock.take(FilesFacade.SYSTEM, directory)) {
            assertThat(next.files().fence().isTakeOver()).isFalse();
        }
    }

    @Test
    void shouldGiveWayToAnotherThatTakesOverAtTheSameTime() throws Exception {
        final SystemFiles files = new SystemFiles() {
            @Override
            public void rename(final Path from, final Path to) throws IOException {
                super.rename(from, to);
                Files.writeString(directory.resolve("other"), "7");
                super.rename(directory.resolve("other"), to);
            }
        };
        assertThatThrownBy(() -> DataDirectoryLock.takeOver(files, directory))
            .isInstanceOf(DataDirectoryInUseException.class).hasMessageContaining("taken it over too");
        assertThat(links(directory)).isZero();
        DataDirectoryLock.take(FilesFacade.SYSTEM, directory).close();
    }

    @Test
    void shouldRefuseToTakeOverFromItself() {
        try (DataDirectoryLock lock = DataDirectoryLock.take(FilesFacade.SYSTEM, directory)) {
            assertThatThrownBy(() -> DataDirectoryLock.takeOver(FilesFacade.SYSTEM, directory))
                .isInstanceOf(DataDirectoryInUseException.class);
            assertThat(lock.files().fence().isRaised()).isFalse();
        }
    }

    @Test
    void shouldWriteANewFileWhereAnotherProcessStillHasTheOldOneOpen() throws Exception {
        final Path file = directory.resolve("file");
        Files.write(directory.resolve("file.tmp"), new byte[] {9, 9, 9});
        try (FileChannel open = FileChannel.open(directory.resolve("file.tmp"),
            java.nio.file.StandardOpenOption.WRITE)) {
            FilesFacade.SYSTEM.writeAtomically(file, new byte[] {1});
            open.write(java.nio.ByteBuffer.wrap(new byte[] {7}), 0);
        }
        assertThat(Files.readAllBytes(file)).containsExactly(1);
    }
}
