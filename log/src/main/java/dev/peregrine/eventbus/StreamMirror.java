/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The second copy of what a stream has beside its partitions: settings and schemas with every change, the places of
 * subscriptions about once a second and when the bus is closed. A place that is behind makes records come again, as after
 * any loss of a commit. The directory is remembered in the first one, so that whoever opens that later need not name it.
 */
final class StreamMirror {
    private static final Logger LOG = LoggerFactory.getLogger(StreamMirror.class);
    private static final String REMEMBERED = ".mirror-dir";
    private static final String SETTINGS = "stream.conf";
    private static final String PARTITION = "partition-";

    private final Path directory;
    /** Null if there is none. */
    private final Path mirror;
    private final FilesFacade files;
    private volatile String problem;

    /** Null as the mirror: the one that was used last, if any. */
    StreamMirror(final Path directory, final Path mirror, final FilesFacade files) {
        this.directory = directory;
        this.mirror = mirror == null ? remembered(directory) : mirror.toAbsolutePath().normalize();
        this.files = files;
        if (this.mirror != null && this.mirror.equals(directory.toAbsolutePath().normalize())) {
            throw new ConfigurationException("the mirror directory must be another one than " + directory);
        }
    }

    private static Path remembered(final Path directory) {
        final Path file = directory.resolve(REMEMBERED);
        try {
            final Path path = Files.exists(file) ? Path.of(Files.readString(file)) : null;
            if (path == null || path.isAbsolute()) {
                return path;
            }
            throw damaged(file, null);
        } catch (final CharacterCodingException | InvalidPathException e) {
            throw damaged(file, e);
        } catch (final IOException e) {
            throw new StorageException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static CorruptDataException damaged(final Path file, final Exception cause) {
        return new CorruptDataException(file + " is damaged: it must hold the path of the mirror's streams and nothing"
            + " else; start the engine once with peregrine.mirror-dir set, or delete the file if no stream has copies = 2",
            cause);
    }

    private boolean isRemembered() {
        try {
            return mirror.equals(remembered(directory));
        } catch (final CorruptDataException e) {
            return false; // it is written anew
        }
    }

    /** What second copies lack. */
    List<String> problems(final Iterable<Stream> streams) {
        final List<String> problems = new ArrayList<>();
        for (final Stream stream : streams) {
            for (int i = 0; i < stream.partitions(); i++) {
                final String degraded = stream.partition(i).degraded();
                if (degraded != null) {
                    problems.add(degraded);
                }
            }
        }
        if (problem != null) {
            problems.add(problem);
        }
        return problems;
    }

    /** Where a partition's second copy goes; null if the stream has one copy. */
    Path partition(final StreamConfig stream, final int index) {
        check(stream);
        if (stream.copies() == 1) {
            return null;
        }
        files.guard(mirror); // before anything of it is opened
        return mirror.resolve(stream.name()).resolve(PARTITION + index);
    }

    /** Refuses a second copy for which there is no directory. */
    void check(final StreamConfig stream) {
        if (stream.copies() > 1 && mirror == null) {
            throw new ConfigurationException("stream " + stream.name() + " is to have 2 copies, but there is no mirror "
                + "directory: set peregrine.mirror-dir to a directory on another disk and start the engine with it");
        }
    }

    /** Brings the settings of streams back that only the mirror has; before any is opened. */
    void restore() throws IOException {
        if (mirror == null) {
            return;
        }
        files.createDirectories(directory);
        if (!Files.isDirectory(mirror)) {
            return;
        }
        files.guard(mirror);
        for (final Path stream : children(mirror)) {
            final Path home = directory.resolve(stream.getFileName());
            if (isReadable(stream) && !isReadable(home)) {
                LOG.warn("the settings of stream {} are restored from {}", stream.getFileName(), stream);
                copyMissing(stream, home);
            }
        }
    }

    private static boolean isReadable(final Path home) {
        final Path file = home.resolve(SETTINGS);
        try {
            return Files.exists(file)
                && StreamConfigFormat.read(home.getFileName().toString(), ConfigFactory.parseFile(file.toFile())) != null;
        } catch (final ConfigException | ConfigurationException e) {
            return false;
        }
    }

    /** The settings last: a stream that has them has the rest. */
    private void copyMissing(final Path from, final Path to) throws IOException {
        for (final Path file : settingsOf(from)) {
            final Path target = to.resolve(from.relativize(file).toString());
            if (!Files.exists(target)) {
                copy(file, target);
            }
        }
        copy(from.resolve(SETTINGS), to.resolve(SETTINGS));
    }

    /** Copies what has changed; a failure is reported and tried again with the next change. */
    void update(final StreamConfig stream) {
        if (mirror == null || stream.copies() == 1) {
            return;
        }
        final Path from = directory.resolve(stream.name());
        final Path to = mirror.resolve(stream.name());
        try {
            if (!isRemembered()) {
                files.writeAtomically(directory.resolve(REMEMBERED), mirror.toString().getBytes(StandardCharsets.UTF_8));
            }
            for (final Path file : settingsOf(from)) {
                copy(file, to.resolve(from.relativize(file).toString()));
            }
            copy(from.resolve(SETTINGS), to.resolve(SETTINGS));
            for (final Path file : settingsOf(to)) {
                if (!Files.exists(from.resolve(to.relativize(file).toString()))) {
                    files.delete(file);
                }
            }
            problem = null;
        } catch (final IOException e) {
            if (problem == null) {
                LOG.error("cannot copy the settings of stream {} to {}", stream.name(), to, e);
            }
            problem = "the settings of stream " + stream.name() + " cannot be copied to " + to + ": " + e.getMessage();
        }
    }

    /** The stream has other settings from now on. */
    void altered(final StreamConfig stream) {
        if (stream.copies() == 1) {
            delete(stream.name()); // else a later open could take it for the stream
        }
        update(stream);
    }

    /** Forgets a stream, so that no later open brings it back; before it is deleted itself. */
    void delete(final String stream) {
        if (mirror == null || !Files.exists(mirror.resolve(stream))) {
            return;
        }
        try {
            files.delete(mirror.resolve(stream).resolve(SETTINGS));
            try (java.util.stream.Stream<Path> found = Files.walk(mirror.resolve(stream))) {
                for (final Path path : found.sorted(Comparator.reverseOrder()).toList()) {
                    files.delete(path);
                }
            }
            files.forceDirectory(mirror);
        } catch (final IOException e) {
            throw new StorageException("cannot delete the second copy of stream " + stream + " in " + mirror + ": "
                + e.getMessage(), e);
        }
    }

    private void copy(final Path from, final Path to) throws IOException {
        final byte[] content = Files.readAllBytes(from);
        if (!Files.exists(to) || !Arrays.equals(content, Files.readAllBytes(to))) {
            files.createDirectories(to.getParent());
            files.writeAtomically(to, content);
        }
    }

    /** Everything of a stream but its partitions, in which files come and go, and the description itself. */
    private static List<Path> settingsOf(final Path home) throws IOException {
        final List<Path> found = new ArrayList<>();
        if (!Files.isDirectory(home)) {
            return found;
        }
        Files.walkFileTree(home, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(final Path path, final BasicFileAttributes attributes) {
                return home.relativize(path).toString().startsWith(PARTITION)
                    ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(final Path file, final BasicFileAttributes attributes) {
                if (attributes.isRegularFile() && !file.endsWith(SETTINGS) && !file.toString().endsWith(".tmp")) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(final Path file, final IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE; // deleted or renamed just now
                }
                throw e;
            }
        });
        Collections.sort(found);
        return found;
    }

    private static List<Path> children(final Path home) throws IOException {
        try (java.util.stream.Stream<Path> found = Files.list(home)) {
            return found.filter(Files::isDirectory).sorted().toList();
        }
    }
}
