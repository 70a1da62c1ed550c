/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.codec.schema;

import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * The schemas that a stream has had: every version is kept. What is read is the IR, so that a build whose sbe-tool would
 * not take the XML still shows the records; the XML is for people. Not safe for use by several threads at once.
 *
 * <pre>
 *  schema-ID-vVERSION.xml     as it was given
 *  schema-ID-vVERSION.crc     CRC-32C of the next, 4 bytes, the high one first
 *  schema-ID-vVERSION.ir      the same in SBE's encoding of its IR; there is no version without it
 * </pre>
 */
public final class SchemaStore {
    private static final Pattern IR = Pattern.compile("schema-(\\d{1,5})-v(\\d{1,5})\\.ir");
    private static final int MAX_BYTES = 16 << 20;

    private final FilesFacade files;
    private final Path directory;

    /** The schemas in a directory, which need not exist. */
    public SchemaStore(final FilesFacade files, final Path directory) {
        this.files = files;
        this.directory = directory;
    }

    /** Name of a schema without suffix, e.g. {@code schema-100-v2}. */
    public static String name(final Schema schema) {
        return "schema-" + schema.id() + "-v" + schema.version();
    }

    /** Reads a schema in XML from anywhere. */
    public static byte[] readXml(final FilesFacade files, final Path file) {
        return read(files, file, SchemaXml.MAX_BYTES);
    }

    private static byte[] read(final FilesFacade files, final Path file, final int maxBytes) {
        if (!java.nio.file.Files.isRegularFile(file)) {
            throw new SchemaException("there is no schema file " + file);
        }
        try (FileChannel channel = files.openRead(file)) {
            if (channel.size() > maxBytes) {
                throw new SchemaException("schema " + file + " has " + channel.size() + " bytes; at most " + maxBytes
                    + " are read");
            }
            final ByteBuffer bytes = ByteBuffer.allocate((int) channel.size());
            while (bytes.hasRemaining()) {
                if (channel.read(bytes) < 0) {
                    throw new SchemaException("schema " + file + " was cut while it was read; try again");
                }
            }
            return bytes.array();
        } catch (final IOException e) {
            throw new StorageException("cannot read schema " + file + ": " + e.getMessage(), e);
        }
    }

    /** The version that was stored last, that is the highest; of different ids the first. */
    public Optional<Schema> latest() {
        final SortedMap<Integer, Path> versions = new TreeMap<>();
        try {
            for (final Path file : files.list(directory)) {
                final Matcher name = IR.matcher(file.getFileName().toString());
                if (name.matches()) {
                    versions.put(Integer.parseInt(name.group(2)), file);
                }
            }
        } catch (final IOException e) {
            throw new StorageException("cannot list the schemas in " + directory + ": " + e.getMessage(), e);
        }
        return versions.isEmpty() ? Optional.empty() : Optional.of(load(versions.get(versions.lastKey())));
    }

    /**
     * The schema of a name that {@link #name} gave.
     *
     * @throws SchemaException if it is not there, or is damaged: what was kept with a checksum must have it.
     */
    public Schema load(final String name) {
        return load(directory.resolve(name + ".ir"));
    }

    private Schema load(final Path file) {
        final byte[] ir = read(files, file, MAX_BYTES);
        final Path checksum = checksumOf(file);
        if (java.nio.file.Files.exists(checksum) && !Arrays.equals(read(files, checksum, MAX_BYTES), crc(ir))) {
            throw new SchemaException("schema " + file + " or its checksum " + checksum.getFileName()
                + " is damaged: restore both from a copy");
        }
        return Schema.decode(file.toString(), ir);
    }

    private static Path checksumOf(final Path ir) {
        return ir.resolveSibling(ir.getFileName().toString().replace(".ir", ".crc"));
    }

    private static byte[] crc(final byte[] ir) {
        final CRC32C crc = new CRC32C();
        crc.update(ir);
        return ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array();
    }

    /**
     * Keeps a schema, durably, if it may follow the latest; does nothing if it is the latest.
     *
     * @return what is kept now of that version.
     * @throws SchemaException naming every difference that is not allowed; nothing has changed.
     */
    public Schema add(final Schema schema, final byte[] xml) {
        final Optional<Schema> latest = latest();
        if (latest.isPresent()) {
            SchemaEvolution.check(latest.get(), schema);
            if (latest.get().version() == schema.version()) {
                return latest.get();
            }
        }
        try {
            files.createDirectories(directory);
            files.writeAtomically(directory.resolve(name(schema) + ".xml"), xml);
            final Path ir = directory.resolve(name(schema) + ".ir");
            files.writeAtomically(checksumOf(ir), crc(schema.ir()));
            files.writeAtomically(ir, schema.ir());
        } catch (final IOException e) {
            throw new StorageException("cannot keep " + schema + " in " + directory + ": " + e.getMessage(), e);
        }
        return schema;
    }
}
