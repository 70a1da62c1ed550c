/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.peregrine.codec.schema.RecordException;
import dev.peregrine.codec.schema.Schema;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.time.EngineClock;
import dev.peregrine.daemon.cli.Amount;
import dev.peregrine.daemon.cli.Version;
import dev.peregrine.eventbus.EventBus;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.eventbus.Partitioner;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.log.FrameDescriptor;
import dev.peregrine.log.RecordOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code peregrine publish}: a record per line or row. */
@Command(name = "publish", mixinStandardHelpOptions = true, versionProvider = Version.class,
    descriptionHeading = "%n", parameterListHeading = "%n", optionListHeading = "%nOptions:%n",
    description = {
        "Publish lines into a stream, a record each, from a file or stdin.",
        "",
        "Without --key partitions take turns; with it, a key stays in one partition."})
public final class PublishCommand implements Callable<Integer> {
    private static final int HOUSEKEEPING_EVERY = 256;

    @Parameters(index = "0", paramLabel = "STREAM", description = "The stream.")
    private String stream;

    @Parameters(index = "1", arity = "0..1", paramLabel = "FILE",
        description = "Where the lines are (default: stdin).")
    private Path file;

    @Option(names = "--json", description = "Lines are JSON objects; refuse what is none.")
    private boolean json;

    @Option(names = "--template", paramLabel = "NAME",
        description = "With --json and --csv: the message of the stream's schema to make.")
    private String template;

    @Option(names = "--csv", description = "Rows of CSV under a header line; each becomes a"
        + " record of the stream's schema, or without one a JSON object of strings.")
    private boolean csv;

    @Option(names = "--key", paramLabel = "KEY",
        description = "The key of every record; with --json and --csv, the field or column that holds it,"
            + " which may not be missing or null.")
    private String key;

    @Option(names = "--header", paramLabel = "NAME=VALUE", description = "A header for every record; may be repeated.")
    private final Map<String, String> headers = new LinkedHashMap<>();

    @Option(names = "--rate", paramLabel = "R", converter = Amount.class,
        description = "Publish R records per second instead of flat out.")
    private Long rate;

    @Option(names = "--publisher", paramLabel = "NAME", defaultValue = "cli",
        description = "Publish under this name (default: ${DEFAULT-VALUE}).")
    private String name;

    @Mixin
    private DataDirectory data;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    private final RecordOptions options = new RecordOptions();

    @Override
    public Integer call() {
        if (json && csv) {
            throw new ParameterException(spec.commandLine(), "--json and --csv exclude each other");
        }
        try (OpenStreams open = OpenStreams.existing(data.path());
            Publisher publisher = key == null
                ? open.bus().publisher(stream, name, Partitioner.roundRobin()) : open.bus().publisher(stream, name);
            BufferedReader lines = new BufferedReader(new InputStreamReader(
                file == null ? System.in : Files.newInputStream(file), charset().newDecoder()))) {
            final PublishProgress progress =
                new PublishProgress(spec.commandLine().getErr(), file == null ? 0 : Files.size(file));
            publish(open.bus(), publisher, lines, progress);
        } catch (final NoSuchFileException e) {
            throw new ConfigurationException("there is no file " + file, e);
        } catch (final IOException e) {
            throw new StorageException("cannot read " + (file == null ? "stdin" : file) + ": " + e, e);
        }
        return CommandLine.ExitCode.OK;
    }

    private void publish(
        final EventBus bus, final Publisher publisher, final BufferedReader lines, final PublishProgress progress)
        throws IOException {
        try {
            final RecordSource source = source(lines);
            final JsonLines encoder = records(bus);
            final long start = System.nanoTime();
            String record;
            while ((record = source.next()) != null) {
                if (rate != null) {
                    awaitTurn(start, progress.records(), bus);
                }
                progress.add(publish(publisher, source, record, encoder));
                if (progress.records() % HOUSEKEEPING_EVERY == 0) {
                    bus.doHousekeeping();
                }
            }
        } catch (final CharacterCodingException e) {
            progress.clear();
            throw new StorageException("cannot read " + (file == null ? "stdin" : file) + ": the input soon after record "
                + progress.records() + " is not UTF-8; the " + progress.records() + " record(s) before are published", e);
        } catch (final PeregrineException e) {
            progress.clear();
            throw new PeregrineException(e.getMessage() + "; the " + progress.records()
                + " record(s) before it are published", e);
        }
        progress.finish(stream);
    }

    /** Lines are published byte for byte, whatever they hold; this one maps each byte to a character and back. */
    private Charset charset() {
        return json || csv ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
    }

    private RecordSource source(final BufferedReader lines) throws IOException {
        if (csv) {
            return RecordSource.csv(lines, key);
        }
        return json ? RecordSource.json(lines, key) : RecordSource.lines(lines, key);
    }

    private RecordOptions optionsFor(final String itsKey) {
        options.clear();
        if (itsKey != null) {
            final byte[] bytes = itsKey.getBytes(StandardCharsets.UTF_8);
            options.key(new UnsafeBuffer(bytes), 0, bytes.length);
        }
        headers.forEach(options::header);
        return options;
    }

    /** Null if lines are published as they are. */
    private JsonLines records(final EventBus bus) {
        final Schema schema = json || csv ? bus.schema(stream).orElse(null) : null;
        if (schema == null && template != null) {
            throw new ConfigurationException("--template needs --json or --csv and a stream with a schema");
        }
        return schema == null ? null : new JsonLines(stream, schema, template, csv);
    }

    /** Publishes one record; returns the length of its payload. */
    private int publish(
        final Publisher publisher, final RecordSource source, final String record, final JsonLines encoder) {
        final String itsKey = source.key();
        final long keyHash = KeyHash.of(itsKey == null ? record : itsKey);
        if (encoder != null) {
            final int length = encode(source, record, encoder);
            publisher.publish(keyHash, encoder.schemaId(), encoder.templateId(), EngineClock.INSTANCE.nanoTime(),
                encoder.buffer(), 0, length, optionsFor(itsKey));
            return length;
        }
        final byte[] payload = record.getBytes(charset());
        if (payload.length > FrameDescriptor.MAX_MESSAGE_LENGTH) {
            throw new ConfigurationException(source.place() + " has " + payload.length
                + " bytes; the longest record has " + FrameDescriptor.MAX_MESSAGE_LENGTH);
        }
        publisher.publish(keyHash, 0, 0, EngineClock.INSTANCE.nanoTime(), new UnsafeBuffer(payload), 0, payload.length,
            optionsFor(itsKey));
        return payload.length;
    }

    private static int encode(final RecordSource source, final String record, final JsonLines encoder) {
        try {
            return encoder.encode(record);
        } catch (final JsonProcessingException e) {
            throw new ConfigurationException(source.place() + " is no JSON: " + e.getOriginalMessage(), e);
        } catch (final RecordException e) {
            throw new ConfigurationException(source.place() + " is no record: " + e.getMessage(), e);
        }
    }

    private void awaitTurn(final long start, final long number, final EventBus bus) {
        final long due = start + (long) (number * (double) TimeUnit.SECONDS.toNanos(1) / rate);
        long left;
        while ((left = due - System.nanoTime()) > 0) {
            bus.doHousekeeping();
            LockSupport.parkNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(1)));
        }
    }
}
