/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.CRC32C;

/** The descriptions and directories of streams: reads, writes and deletes them. */
final class StreamFiles {
    private static final String CONFIG_FILE = "stream.conf";
    private static final String PARTITION = "partition-";
    private static final String CHECKSUM = "# checksum ";
    /** No stream's name starts with a dot. */
    private static final String DELETED_PREFIX = ".deleted-";
    private static final String POSITIONS_SUFFIX = ".pos";

    private final Path directory;
    private final FilesFacade files;

    StreamFiles(final Path directory, final FilesFacade files) {
        this.directory = directory;
        this.files = files;
    }

    /** What was provisioned, by name; takes away what a delete left when its process died. */
    List<StreamConfig> openAll() throws IOException {
        files.createDirectories(directory);
        final List<StreamConfig> configs = new ArrayList<>();
        try (java.util.stream.Stream<Path> found = Files.list(directory)) {
            for (final Path path : found.sorted().toList()) {
                if (path.getFileName().toString().startsWith(DELETED_PREFIX)) {
                    deleteTree(path);
                } else if (isStream(path)) {
                    configs.add(readConfig(path));
                }
            }
        }
        return configs;
    }

    /** What is provisioned now, by name; changes nothing. */
    List<StreamConfig> findAll() throws IOException {
        final List<StreamConfig> configs = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            try (java.util.stream.Stream<Path> found = Files.list(directory)) {
                for (final Path path : found.sorted().toList()) {
                    if (!path.getFileName().toString().startsWith(".") && isStream(path)) {
                        configs.add(readConfig(path));
                    }
                }
            }
        }
        return configs;
    }

    /** Whether a directory is a stream's; one that only a stop left behind while it was provisioned is not. */
    private boolean isStream(final Path home) throws IOException {
        if (Files.exists(home.resolve(CONFIG_FILE))) {
            return true;
        }
        if (!home.getFileName().toString().startsWith(".") && Files.isDirectory(home.resolve(PARTITION + 0))
            && !files.list(home.resolve(PARTITION + 0)).isEmpty()) {
            throw new CorruptDataException("stream description " + home.resolve(CONFIG_FILE)
                + " is missing, but the stream has partitions: restore it from a copy");
        }
        return false;
    }

    /**
     * Refuses a partition whose directory is gone: it would begin anew, and empty.
     *
     * @param copy directory of its other copy, from which it can come back, or null.
     */
    void checkPartition(final String stream, final int index, final Path copy) {
        final Path partition = partition(stream, index);
        if (!Files.isDirectory(partition) && (copy == null || !Files.isDirectory(copy))) {
            throw new CorruptDataException("partition " + partition + " of stream " + stream
                + " is missing: restore it from a copy, or create an empty directory there to give its records up");
        }
    }

    private Path home(final String stream) {
        return directory.resolve(stream);
    }

    Path partition(final String stream, final int index) {
        return home(stream).resolve(PARTITION + index);
    }

    /** Forces every segment, whole, those allocated ahead too: {@link Durability#OS} does not force their headers. */
    void forceSegments(final StreamConfig stream) {
        try {
            for (int i = 0; i < stream.partitions(); i++) {
                final Path partition = partition(stream.name(), i);
                for (final Path file : files.list(partition)) {
                    try (FileChannel channel = files.openReadWrite(file)) {
                        files.force(channel);
                    }
                }
                files.forceDirectory(partition);
            }
        } catch (final IOException e) {
            throw new StorageException("cannot force the segments of stream " + stream.name() + ": "
                + e.getMessage(), e);
        }
    }

    /** Where the schemas of a stream are kept; the directory need not exist. */
    Path schemas(final String stream) {
        return home(stream).resolve("schema");
    }

    private Path subscriptions(final String stream) {
        return home(stream).resolve("subscriptions");
    }

    /** The file of a subscription, which need not exist; its directory does afterwards. */
    Path createPositionsHome(final String stream, final String subscription) throws IOException {
        files.createDirectories(subscriptions(stream));
        return positionsFile(stream, subscription);
    }

    Path positionsFile(final String stream, final String subscription) {
        return subscriptions(stream).resolve(StreamConfig.of(subscription).name() + POSITIONS_SUFFIX);
    }

    List<Path> positionsFiles(final String stream) {
        try {
            return files.list(subscriptions(stream)).stream()
                .filter(file -> file.getFileName().toString().endsWith(POSITIONS_SUFFIX)).toList();
        } catch (final IOException e) {
            throw new StorageException("cannot read the subscriptions of " + stream + ": " + e.getMessage(), e);
        }
    }

    /** Puts a copy in the place of a file that an earlier writer may still have mapped. */
    void replacePositions(final Path file) {
        try {
            files.writeAtomically(file, Files.readAllBytes(file));
        } catch (final IOException e) {
            throw new StorageException("cannot copy subscription file " + file + ": " + e.getMessage(), e);
        }
    }

    List<String> subscriptionNames(final String stream) {
        return positionsFiles(stream).stream().map(file -> file.getFileName().toString())
            .map(name -> name.substring(0, name.length() - POSITIONS_SUFFIX.length())).toList();
    }

    void deletePositions(final String stream, final String subscription) {
        final Path file = positionsFile(stream, subscription);
        try {
            files.delete(file);
            files.forceDirectory(file.getParent());
        } catch (final IOException e) {
            throw new StorageException("cannot delete subscription file " + file + ": " + e.getMessage(), e);
        }
    }

    /** Takes the stream's name away in one step, then its files; a kill between leaves work for {@link #openAll}. */
    void delete(final String stream) {
        final Path doomed = directory.resolve(DELETED_PREFIX + stream);
        try {
            deleteTree(doomed);
            files.rename(home(stream), doomed);
            files.forceDirectory(directory);
            deleteTree(doomed);
        } catch (final IOException e) {
            throw new StorageException("cannot delete the files of stream " + stream + " in " + directory + ": "
                + e.getMessage() + "; the next start tries again", e);
        }
    }

    private void deleteTree(final Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (java.util.stream.Stream<Path> found = Files.walk(root)) {
            for (final Path path : found.sorted(Comparator.reverseOrder()).toList()) {
                files.delete(path);
            }
        }
    }

    /** Makes the directories of a new stream; they must be there before its description is. */
    void createPartitions(final StreamConfig config) {
        try {
            for (int i = 0; i < config.partitions(); i++) {
                files.createDirectories(partition(config.name(), i));
            }
            files.forceDirectory(home(config.name()));
        } catch (final IOException e) {
            throw new StorageException(
                "cannot provision stream in " + home(config.name()) + ": " + e.getMessage(), e);
        }
    }

    void writeConfig(final StreamConfig config) {
        final Path home = home(config.name());
        final String text = StreamConfigFormat.write(config).root()
            .render(ConfigRenderOptions.concise().setFormatted(true).setJson(false));
        try {
            files.createDirectories(home);
            files.writeAtomically(
                home.resolve(CONFIG_FILE), (checksumLine(text) + text).getBytes(StandardCharsets.UTF_8));
        } catch (final IOException e) {
            throw new StorageException("cannot provision stream in " + home + ": " + e.getMessage(), e);
        }
    }

    /** A comment to HOCON: without it nobody would notice that a digit has changed. */
    private static String checksumLine(final String text) {
        final CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return String.format("%s%08x of all below; to edit by hand, delete this line%n", CHECKSUM, crc.getValue());
    }

    private static void check(final Path file, final String content) {
        final int text = content.indexOf('\n') + 1;
        if (content.startsWith(CHECKSUM) && !content.substring(0, text).equals(checksumLine(content.substring(text)))) {
            throw new CorruptDataException("stream description " + file
                + " fails its checksum: restore it from a copy, or delete its first line if it was edited by hand");
        }
    }

    private static StreamConfig readConfig(final Path home) throws IOException {
        final Path file = home.resolve(CONFIG_FILE);
        final String content = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        check(file, content);
        try {
            final Config settings = ConfigFactory.parseString(content);
            if (!settings.hasPath("partitions")) {
                throw new CorruptDataException("stream description " + file
                    + " does not say how many partitions there are, as one that lost its content: restore it from a copy");
            }
            return StreamConfigFormat.read(home.getFileName().toString(), settings);
        } catch (final ConfigException | ConfigurationException e) {
            throw new CorruptDataException("stream description " + file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
