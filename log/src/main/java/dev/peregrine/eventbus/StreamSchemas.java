/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.codec.schema.Schema;
import dev.peregrine.codec.schema.SchemaStore;
import dev.peregrine.core.files.FilesFacade;
import java.nio.file.Path;

/**
 * Binds streams to schemas. A configuration that a user gives names a file of XML; the one that a stream has names the
 * version that was made of it and is kept beside the stream, so that the user's file may go.
 */
final class StreamSchemas {
    private final FilesFacade files;
    private final StreamFiles streamFiles;

    StreamSchemas(final FilesFacade files, final StreamFiles streamFiles) {
        this.files = files;
        this.streamFiles = streamFiles;
    }

    private SchemaStore store(final String stream) {
        return new SchemaStore(files, streamFiles.schemas(stream));
    }

    /**
     * Keeps the schema that a configuration names, if it may follow those the stream has had.
     *
     * @param bound the schema that the stream has now; a configuration with the same leaves it.
     * @return the configuration, with the name of what is kept instead of the file.
     * @throws dev.peregrine.codec.schema.SchemaException if it cannot be read or may not follow; nothing has changed.
     */
    StreamConfig keep(final StreamConfig wanted, final String bound) {
        if (wanted.schema().isEmpty() || wanted.schema().equals(bound)) {
            return wanted;
        }
        final Path file = Path.of(wanted.schema());
        final byte[] xml = SchemaStore.readXml(files, file);
        return wanted.withSchema(
            SchemaStore.name(store(wanted.name()).add(Schema.parse(file.toString(), xml), xml)));
    }

    /** The schema of a stream's own configuration, or null. */
    Schema load(final StreamConfig config) {
        return config.schema().isEmpty() ? null : store(config.name()).load(config.schema());
    }
}
