/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.DataDirectoryInUseException;
import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.jvm.JvmFlags;
import dev.peregrine.core.testing.ChildJvm;
import dev.peregrine.core.testing.FaultyFiles;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryLockTest {
    @TempDir
    private Path directory;

    /** Takes a directory, says so, and holds it until it is killed. */
    static final class Holder {
        private Holder() {
        }

        public static void main(final String[] arguments) throws InterruptedException {
            try {
                DataDirectoryLock.take(FilesFacade.SYSTEM, Path.of(arguments[0]));
                System.out.println("taken");
            } catch (final PeregrineException e) {
                System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
                return;
            }
            Thread.currentThread().join();
        }
    }

    private ChildJvm startHolder() throws IOException {
        return ChildJvm.start(Holder.class, JvmFlags.forRelease(Runtime.version().feature()), directory.toString());
    }

    @Test
    void shouldTakeAwayWhatItMadeUnlessSomethingElseIsThere() throws IOException {
        final Path made = directory.resolve("made");
        DataDirectoryLock.take(FilesFacade.SYSTEM, made).abandon(false);
        assertThat(made).isEmptyDirectory();
        final DataDirectoryLock lock = DataDirectoryLock.take(FilesFacade.SYSTEM, made);
        Files.createFile(made.resolve("other"));
        lock.abandon(true);
        assertThat(made.resolve(DataDirectoryLock.FILE)).exists();
        Files.delete(made.resolve("other"));
        DataDirectoryLock.take(FilesFacade.SYSTEM, made).abandon(true);
        assertThat(made).doesNotExist();
    }

    @Test
    void shouldRefuseWhatAnotherProcessHoldsUntilThatIsKilled() throws Exception {
        try (ChildJvm holder = startHolder()) {
            assertThat(holder.readLine()).isEqualTo("taken");
            assertThatThrownBy(() -> DataDirectoryLock.take(FilesFacade.SYSTEM, directory))
                .isInstanceOf(DataDirectoryInUseException.class)
                .hasMessageContaining(directory.toString()).hasMessageContaining("process " + holder.pid());
            holder.kill();
            DataDirectoryLock.take(FilesFacade.SYSTEM, directory).close();
        }
    }

    @Test
    void shouldHoldAgainstOthersAfterThisProcessAskedTwice() throws Exception {
        final DataDirectoryLock lock = DataDirectoryLock.take(FilesFacade.SYSTEM, directory);
        collectGarbage(); // the system's lock must not hang on an object that nobody refers to
        assertThatThrownBy(() -> DataDirectoryLock.take(FilesFacade.SYSTEM, directory.resolve("../")
            .resolve(directory.getFileName()))).isInstanceOf(DataDirectoryInUseException.class)
            .hasMessageContaining("process " + ProcessHandle.current().pid());
        try (ChildJvm second = startHolder()) {
            assertThat(second.readLine()).startsWith("DataDirectoryInUseException")
                .contains("process " + ProcessHandle.current().pid());
        }
        lock.close();
        lock.close();
        DataDirectoryLock.take(FilesFacade.SYSTEM, directory).close();
        assertThat(DataDirectoryLock.isDataDirectory(directory)).isTrue();
    }

    private static void collectGarbage() {
        final WeakReference<Object> canary = new WeakReference<>(new byte[16]);
        while (canary.get() != null) {
            System.gc();
        }
    }

    @Test
    void shouldSayWhatIsWrongWithADirectoryThatCannotBeCreated() throws Exception {
        final Path file = Files.writeString(directory.resolve("file"), "in the way");
        assertThatThrownBy(() -> DataDirectoryLock.take(FilesFacade.SYSTEM, file.resolve("below")))
            .isInstanceOf(StorageException.class).hasMessageContaining(file.toString())
            .hasMessageContaining("--data-dir").hasMessageNotContaining("\n");
        assertThat(DataDirectoryLock.isDataDirectory(file.resolve("below"))).isFalse();
    }

    @Test
    void shouldLeaveTheDirectoryFreeAfterAFailedAttempt() {
        final FaultyFiles files = new FaultyFiles().failNth(FaultyFiles.Call.OPEN, 1, "Permission denied");
        assertThatThrownBy(() -> DataDirectoryLock.take(files, directory)).isInstanceOf(StorageException.class)
            .hasMessageContaining("Permission denied");
        assertThatCode(() -> DataDirectoryLock.take(files, directory).close()).doesNotThrowAnyException();
    }
}
