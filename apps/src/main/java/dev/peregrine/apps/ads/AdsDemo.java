/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.ads;

import dev.peregrine.Peregrine;
import dev.peregrine.app.Demo;
import dev.peregrine.app.DemoListener;
import dev.peregrine.app.DemoOptions;
import dev.peregrine.app.DemoReport;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.DataDirectoryLock;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.store.CacheConfig;
import dev.peregrine.store.Table;
import dev.peregrine.store.TableConfig;
import dev.peregrine.topology.RunningTopology;
import dev.peregrine.topology.Topology;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.agrona.IoUtil;

/** The main job end to end: publishes the data set, counts it, and reads the counts back from the store. */
public final class AdsDemo implements Demo {
    static final String PUBLISHER = "ads-replay";
    private static final String TOPOLOGY = "ads";
    private static final long EPOCH_INTERVAL_MICROS = 1_000;
    private static final long CACHE_BYTES = 64L << 20;
    private static final long TABLE_ENTRIES = 1_000;
    private static final long WINDOW_ENTRIES = 200_000;

    @Override
    public String name() {
        return "ads";
    }

    @Override
    public String description() {
        return "counts impressions, clicks and spend per ad of a real ad log: log > topology > table and cache";
    }

    @Override
    public DemoReport run(final DemoOptions options, final DemoListener listener) throws Exception {
        final AdDataSet data =
            options.input() == null ? AdDataSet.shipped() : AdDataSet.fromDirectory(options.input());
        for (final MalformedLine line : data.malformed()) {
            listener.message(line + "; sent to stream " + AdsTopology.DEAD_LETTER_STREAM);
        }
        final EncodedRows rows = new EncodedRows(data.rows());
        if (!options.keep()) {
            deleteEarlierDemo(options.dataDirectory());
        }
        try (Peregrine engine = Peregrine.open(options.dataDirectory())) {
            return run(engine, rows, data, options, listener);
        }
    }

    private static DemoReport run(
        final Peregrine engine, final EncodedRows rows, final AdDataSet data, final DemoOptions options,
        final DemoListener listener) throws Exception {
        provision(engine);
        DeadLetters.publish(engine, data.malformed());
        if (options.warmUp()) {
            final long tookMs = WarmUp.run(
                engine.dataDirectory(), rows, options.threads(), options.ratePerSecond());
            listener.message(String.format(Locale.ROOT, "the JVM is warm, after %.1f s on a scratch engine", tookMs / 1e3));
        }
        try (Publisher publisher = engine.publisher(AdsTopology.STREAM, PUBLISHER)) {
            final AdsReplay replay = new AdsReplay(rows, publisher);
            final long resumedFrom = replay.published();
            if (resumedFrom > 0) {
                final long frames = engine.stream(AdsTopology.STREAM).verify();
                listener.message("resuming behind row " + resumedFrom + "; " + frames + " frames of the log verified");
            }
            if (resumedFrom > options.events()) {
                listener.message("the log already holds " + resumedFrom + " rows, more than the " + options.events()
                    + " asked for: nothing is published");
            }
            try (RunningTopology topology = engine.submit(topology(options.threads()))) {
                listener.message(topology.plan().stripTrailing());
                final DemoRun run = new DemoRun(replay, topology, listener);
                run.toTheEnd(options.events(), options.ratePerSecond());
                final List<DemoReport.Ad> ads = readBack(engine.table(AdsTopology.TABLE));
                if (options.export() != null) {
                    export(ads, options.export());
                }
                return run.report(ads, resumedFrom, data.malformed().size(), engine.dataDirectory());
            }
        }
    }

    static void provision(final Peregrine engine) {
        engine.provisionStream(StreamConfig.of(AdsTopology.STREAM));
        engine.provisionTable(new TableConfig(AdsTopology.TABLE, TABLE_ENTRIES));
        engine.provisionTable(new TableConfig(AdsTopology.WINDOW_TABLE, WINDOW_ENTRIES));
        engine.provisionCache(new CacheConfig(AdsTopology.CACHE, CACHE_BYTES));
    }

    static Topology topology(final int threads) {
        return AdsTopology.create(TOPOLOGY, threads, EPOCH_INTERVAL_MICROS);
    }

    /** Every ad as the table has it, most impressions first. */
    static List<DemoReport.Ad> readBack(final Table table) {
        final List<DemoReport.Ad> ads = new ArrayList<>();
        table.forEachRow((pkey, offset, length, row) -> ads.add(new DemoReport.Ad(
            pkey.getStringWithoutLengthUtf8(offset, length), row.getLong(StoreStage.IMPRESSIONS, 0),
            row.getLong(StoreStage.CLICKS, 0), row.getLong(StoreStage.SPEND, 0))));
        ads.sort(Comparator.comparingLong(DemoReport.Ad::impressions).reversed().thenComparing(DemoReport.Ad::ad));
        return ads;
    }

    private static void export(final List<DemoReport.Ad> ads, final Path file) {
        final StringBuilder text = new StringBuilder("ad,impressions,clicks,spend_micros\n");
        ads.stream().sorted(Comparator.comparing(DemoReport.Ad::ad)).forEach(ad -> text.append(ad.ad()).append(',')
            .append(ad.impressions()).append(',').append(ad.clicks()).append(',').append(ad.spendMicros())
            .append('\n'));
        try {
            Files.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
        } catch (final IOException e) {
            throw new StorageException("cannot write the export to " + file + ": " + e, e);
        }
    }

    private static void deleteEarlierDemo(final Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> content = Files.list(directory)) {
            if (content.findAny().isEmpty()) {
                return;
            }
        }
        if (!DataDirectoryLock.isDataDirectory(directory)) {
            throw new ConfigurationException("directory " + directory
                + " holds files that are not ours and is left alone: choose another with --data-dir");
        }
        DataDirectoryLock.take(dev.peregrine.core.files.FilesFacade.SYSTEM, directory).close(); // nobody uses it
        IoUtil.delete(directory.toFile(), false);
    }

    static PeregrineException failed(final RunningTopology topology) {
        final Throwable cause = topology.failure();
        return cause instanceof PeregrineException known
            ? known : new PeregrineException("topology " + topology.name() + " failed: " + cause, cause);
    }
}
