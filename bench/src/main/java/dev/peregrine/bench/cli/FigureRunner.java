/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.cli;

import dev.peregrine.bench.rig.BenchDirectory;
import dev.peregrine.core.jvm.JvmFlags;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Takes figures through JMH, each in JVMs of its own with the flags that the engine runs with. */
final class FigureRunner {
    private static final long TIMEOUT_MINUTES = 3;
    private static final String CLASS_PATH = "java.class.path";

    private final Effort effort;
    private final Path directory;

    /** All files of the benchmarks go under the directory. */
    FigureRunner(final Effort effort, final Path directory) {
        this.effort = effort;
        this.directory = directory;
    }

    /** Takes a figure; a row with an error where it cannot be had. */
    BenchRow run(final Figure figure) {
        final QuietFormat output = new QuietFormat();
        final String classPath = System.getProperty(CLASS_PATH);
        System.setProperty(CLASS_PATH, classPath(classPath, figure.params().get("subject"))); // JMH gives it to the fork
        try {
            final Collection<RunResult> results = new Runner(options(figure), output).run();
            return Figures.row(figure, results);
        } catch (final RunnerException | RuntimeException e) {
            final String reason = output.reason();
            return BenchRow.failed(figure, reason == null ? e.toString() : reason);
        } finally {
            System.setProperty(CLASS_PATH, classPath);
        }
    }

    /** Flink's RocksDB is a build of its own with the classes of the usual one: each fork gets one of the two. */
    static String classPath(final String all, final String subject) {
        final String otherOne = "flink-rocksdb".equals(subject) ? "rocksdbjni-" : "frocksdbjni-";
        return Arrays.stream(all.split(File.pathSeparator))
            .filter(entry -> !Path.of(entry).getFileName().toString().startsWith(otherOne))
            .collect(Collectors.joining(File.pathSeparator));
    }

    private org.openjdk.jmh.runner.options.Options options(final Figure figure) {
        final TimeValue time = TimeValue.milliseconds(effort.millis());
        final ChainedOptionsBuilder options = new OptionsBuilder()
            .include(figure.include())
            .threads(figure.threads())
            .forks(effort.forks())
            .warmupIterations(effort.warmups()).warmupTime(time)
            .measurementIterations(effort.iterations()).measurementTime(time)
            .timeout(TimeValue.minutes(TIMEOUT_MINUTES))
            .shouldFailOnError(true)
            .addProfiler(GCProfiler.class, "churn=false")
            .jvmArgs(jvmArguments().toArray(new String[0]));
        figure.params().forEach((name, value) -> options.param(name, value));
        return options.build();
    }

    /** What a fork is started with: the engine's flags, a fixed heap, and nowhere else to write than our directory. */
    private List<String> jvmArguments() {
        final List<String> arguments = new ArrayList<>(JvmFlags.forRelease(Runtime.version().feature()));
        arguments.addAll(List.of("-XX:+UseParallelGC", "-Xms2g", "-Xmx2g", "-XX:MaxDirectMemorySize=4g",
            "-XX:-UsePerfData", "-XX:ErrorFile=" + directory.resolve("hs_err_pid%p.log"),
            "-Djava.io.tmpdir=" + directory, "-D" + BenchDirectory.PROPERTY + "=" + directory,
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.log.org.apache=error",
            "-Dlog4j2.configurationFile=bench-log4j2.properties"));
        return arguments;
    }
}
