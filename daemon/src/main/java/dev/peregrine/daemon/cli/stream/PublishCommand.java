/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.peregrine.codec.schema.RecordException;
import dev.peregrine.codec.schema.Schema;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.daemon.cli.Amount;
import dev.peregrine.daemon.cli.Version;
import dev.peregrine.eventbus.EventBus;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.eventbus.Partitioner;
import dev.peregrine.eventbus.Publisher;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code peregrine publish}: a record per line. */
@Command(name = "publish", mixinStandardHelpOptions = true, versionProvider = Version.class,
    descriptionHeading = "%n", parameterListHeading = "%n", optionListHeading = "%nOptions:%n",
    description = {
        "Publish lines into a stream, a record each, from a file or stdin.",
        "",
        "Without --key partitions take turns; with it, a key stays in one partition."})
public final class PublishCommand implements Callable<Integer> {
    private static final int HOUSEKEEPING_EVERY = 256;
    private static final ObjectMapper JSON =
        new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    @Parameters(index = "0", paramLabel = "STREAM", description = "The stream.")
    private String stream;

    @Parameters(index = "1", arity = "0..1", paramLabel = "FILE",
        description = "Where the lines are (default: stdin).")
    private Path file;

    @Option(names = "--json", description = "Lines are JSON objects; refuse what is none.")
    private boolean json;

    @Option(names = "--template", paramLabel = "NAME",
        description = "With --json: the message of the stream's schema to make.")
    private String template;

    @Option(names = "--key", paramLabel = "KEY",
        description = "The key of every record; with --json, the field that holds it.")
    private String key;

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

    @Override
    public Integer call() {
        try (OpenStreams open = OpenStreams.existing(data.path());
            Publisher publisher = key == null
                ? open.bus().publisher(stream, name, Partitioner.roundRobin()) : open.bus().publisher(stream, name);
            BufferedReader lines = file == null
                ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                : Files.newBufferedReader(file)) {
            final long published = publish(open.bus(), publisher, lines);
            spec.commandLine().getErr().println("published " + published + " record(s) into " + stream);
        } catch (final IOException e) {
            throw new StorageException("cannot read " + (file == null ? "stdin" : file) + ": " + e, e);
        }
        return CommandLine.ExitCode.OK;
    }

    private long publish(final EventBus bus, final Publisher publisher, final BufferedReader lines) throws IOException {
        final long start = System.nanoTime();
        final JsonLines records = records(bus);
        long published = 0;
        String line;
        while ((line = lines.readLine()) != null) {
            final long keyHash = keyHash(line, published);
            if (rate != null) {
                awaitTurn(start, published, bus);
            }
            if (records == null) {
                publish(publisher, line, keyHash, published);
            } else {
                publish(publisher, line, keyHash, published, records);
            }
            published++;
            if (published % HOUSEKEEPING_EVERY == 0) {
                bus.doHousekeeping();
            }
        }
        return published;
    }

    /** Null if lines are published as they are. */
    private JsonLines records(final EventBus bus) {
        final Schema schema = json ? bus.schema(stream).orElse(null) : null;
        if (schema == null && template != null) {
            throw new ConfigurationException("--template needs --json and a stream with a schema");
        }
        return schema == null ? null : new JsonLines(stream, schema, template);
    }

    private void publish(final Publisher publisher, final String line, final long keyHash, final long before) {
        final int longest = publisher.stream().partition(0).config().maxPayloadLength();
        final byte[] payload = line.getBytes(StandardCharsets.UTF_8);
        if (payload.length > longest) {
            throw refused(before, "has " + payload.length + " bytes; the longest record has " + longest);
        }
        publisher.publish(keyHash, 0, 0, TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()),
            new UnsafeBuffer(payload), 0, payload.length);
    }

    private void publish(
        final Publisher publisher, final String line, final long keyHash, final long before, final JsonLines records) {
        final int length;
        try {
            length = records.encode(line);
        } catch (final JsonProcessingException e) {
            throw refused(before, "is no JSON: " + e.getOriginalMessage());
        } catch (final RecordException e) {
            throw refused(before, "is no record: " + e.getMessage());
        }
        publisher.publish(keyHash, records.schemaId(), records.templateId(),
            TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()), records.buffer(), 0, length);
    }

    private void awaitTurn(final long start, final long number, final EventBus bus) {
        final long due = start + (long) (number * (double) TimeUnit.SECONDS.toNanos(1) / rate);
        long left;
        while ((left = due - System.nanoTime()) > 0) {
            bus.doHousekeeping();
            LockSupport.parkNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(1)));
        }
    }

    private long keyHash(final String line, final long before) {
        if (!json) {
            return KeyHash.of(key == null ? line : key);
        }
        final JsonNode record;
        try {
            record = JSON.readTree(line);
        } catch (final JsonProcessingException e) {
            throw refused(before, "is no JSON: " + e.getOriginalMessage());
        }
        if (!record.isObject()) {
            throw refused(before, "is no JSON object");
        }
        if (key == null) {
            return KeyHash.of(line);
        }
        final JsonNode value = record.get(key);
        if (value == null || value.isContainerNode()) {
            throw refused(before, "has no field '" + key + "' with a plain value");
        }
        return KeyHash.of(value.asText());
    }

    private ConfigurationException refused(final long before, final String why) {
        return new ConfigurationException("line " + (before + 1) + " " + why + "; the " + before
            + " line(s) before it are published");
    }
}
