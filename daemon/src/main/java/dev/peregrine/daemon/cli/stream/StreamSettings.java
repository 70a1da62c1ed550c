/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.stream;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.log.Durability;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The settings of a stream as options; what is not given stays as it is. */
final class StreamSettings {
    @Option(names = "--partitions", paramLabel = "N", description = "Number of partitions (default: 1).")
    private Integer partitions;

    @Option(names = "--segment-length", paramLabel = "SIZE", converter = Size.class,
        description = "Bytes per segment, a power of two, e.g. 64MiB (default).")
    private Integer segmentLength;

    @Option(names = "--durability", paramLabel = "os|interval|sync", converter = DurabilityName.class,
        description = "When a record is safe (default: os).")
    private Durability durability;

    @Option(names = "--force-interval", paramLabel = "MS",
        description = "Period of the force under 'interval' (default: 5).")
    private Long forceIntervalMs;

    @Option(names = "--schema", paramLabel = "FILE",
        description = "SBE schema in XML that records must have; '' is none.")
    private String schema;

    StreamConfig over(final StreamConfig before) {
        StreamConfig config = before;
        if (partitions != null) {
            config = config.withPartitions(partitions);
        }
        if (segmentLength != null) {
            config = config.withSegmentLength(segmentLength);
        }
        if (schema != null) {
            config = config.withSchema(schema.isEmpty() ? "" : Path.of(schema).toAbsolutePath().toString());
        }
        return config.withDurability(durability == null ? config.durability() : durability,
            forceIntervalMs == null ? config.forceIntervalMs() : forceIntervalMs);
    }

    /** Sizes as the config file has them: 64M, 64MiB, 65536. */
    static final class Size implements ITypeConverter<Integer> {
        @Override
        public Integer convert(final String text) {
            try {
                return Math.toIntExact(ConfigFactory.empty()
                    .withValue("size", ConfigValueFactory.fromAnyRef(text)).getBytes("size"));
            } catch (final ConfigException | ArithmeticException e) {
                throw new TypeConversionException("'" + text + "' is no size up to 1 GiB; write 64MiB or 67108864");
            }
        }
    }

    /** Durabilities as the config file has them. */
    static final class DurabilityName implements ITypeConverter<Durability> {
        @Override
        public Durability convert(final String text) {
            try {
                return Durability.valueOf(text.toUpperCase(Locale.ROOT));
            } catch (final IllegalArgumentException e) {
                throw new TypeConversionException("'" + text + "' is no durability; there are os, interval and sync");
            }
        }
    }
}
