/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.log;

import dev.peregrine.bench.rig.BenchDirectory;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * A Kafka broker of one node (KRaft, broker and controller at once) in a process of its own, with the JVM flags of Kafka's
 * start script, on free ports of the loopback address. One per benchmark JVM; it ends with it.
 */
public final class KafkaBroker {
    private static final List<String> FLAGS = List.of("-Xms1g", "-Xmx1g", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20",
        "-XX:InitiatingHeapOccupancyPercent=35", "-XX:+ExplicitGCInvokesConcurrent", "-XX:-UsePerfData",
        "-Djava.awt.headless=true", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error");
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int LINES_SHOWN = 5;
    private static KafkaBroker running;

    private final String address;

    private KafkaBroker() throws IOException {
        final Path directory = BenchDirectory.create("kafka");
        final int port = freePort();
        final int controllerPort = freePort();
        address = "localhost:" + port;
        final Path data = directory.resolve("data");
        final Path properties = directory.resolve("server.properties");
        Files.write(properties, settings(port, controllerPort, data), StandardCharsets.UTF_8);
        format(data);
        final Process process = new ProcessBuilder(
            PeerProcess.command(directory, FLAGS, "kafka.Kafka", properties.toString())).redirectErrorStream(true)
            .redirectOutput(directory.resolve("broker.log").toFile()).start();
        process.getOutputStream().close();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> PeerProcess.stop(process, directory), "kafka-stopper"));
        awaitListening(process, port, directory.resolve("broker.log"));
    }

    private static void awaitListening(final Process process, final int port, final Path output) throws IOException {
        final long deadline = System.nanoTime() + PATIENCE_NS;
        while (true) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return; // it listens once it has taken up its work
            } catch (final IOException e) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new IOException("the Kafka broker does not start: " + lastLines(output), e);
                }
                LockSupport.parkNanos(PAUSE_NS);
            }
        }
    }

    private static String lastLines(final Path output) throws IOException {
        final List<String> lines = Files.readAllLines(output);
        return String.join(" | ", lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size()));
    }

    /** Where the broker listens; starts it if it does not run yet. */
    public static synchronized String address() {
        if (running == null) {
            try {
                running = new KafkaBroker();
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return running.address;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static List<String> settings(final int port, final int controllerPort, final Path data) {
        return Map.ofEntries(
            Map.entry("process.roles", "broker,controller"),
            Map.entry("node.id", "1"),
            Map.entry("controller.quorum.voters", "1@localhost:" + controllerPort),
            Map.entry("listeners", "PLAINTEXT://localhost:" + port + ",CONTROLLER://localhost:" + controllerPort),
            Map.entry("advertised.listeners", "PLAINTEXT://localhost:" + port),
            Map.entry("controller.listener.names", "CONTROLLER"),
            Map.entry("log.dirs", data.toString()),
            Map.entry("num.partitions", "1"),
            Map.entry("offsets.topic.replication.factor", "1"),
            Map.entry("transaction.state.log.replication.factor", "1"),
            Map.entry("transaction.state.log.min.isr", "1"),
            Map.entry("group.initial.rebalance.delay.ms", "0")).entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue()).sorted().toList();
    }

    private static void format(final Path data) {
        final Formatter formatter = new Formatter()
            .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
            .setClusterId(Uuid.randomUuid().toString())
            .setNodeId(1)
            .setControllerListenerName("CONTROLLER")
            .setMetadataLogDirectory(data.toString())
            .addDirectory(data.toString());
        try {
            formatter.run();
        } catch (final Exception e) {
            throw new IllegalStateException("cannot format the storage of Kafka", e);
        }
    }
}
