/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.log;

import dev.peregrine.bench.rig.BenchDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.bookkeeper.conf.ServerConfiguration;
import org.apache.bookkeeper.util.LocalBookKeeper;
import org.apache.distributedlog.impl.metadata.BKDLConfig;
import org.apache.distributedlog.metadata.DLMetadata;

/**
 * What DistributedLog needs: ZooKeeper and one bookie with its journal, in a process of their own on free ports of the
 * loopback address. One per benchmark JVM and level of durability; it ends with it.
 */
final class BookKeeperServer {
    private static final String HOST = "127.0.0.1";
    private static final String LEDGERS = "/ledgers";
    private static final String READY = "ready ";
    private static final int ZOOKEEPER_CLIENTS = 100;
    private static final int LINES_SHOWN = 5;
    private static final List<String> FLAGS = List.of("-Xms1g", "-Xmx1g", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=10",
        "-XX:MaxDirectMemorySize=1g", "-XX:-UsePerfData", "--add-opens=java.base/java.io=ALL-UNNAMED",
        "-Dzookeeper.4lw.commands.whitelist=srvr,stat", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error");
    private static final Map<Boolean, URI> RUNNING = new ConcurrentHashMap<>();

    private BookKeeperServer() {
    }

    /**
     * Where the namespace of DistributedLog is; starts the process if it does not run yet.
     *
     * @param forced whether the bookie forces its journal before it acknowledges.
     */
    static URI namespace(final boolean forced) {
        return RUNNING.computeIfAbsent(forced, BookKeeperServer::start);
    }

    private static URI start(final boolean forced) {
        final Path directory = BenchDirectory.create("bookkeeper");
        final Path output = directory.resolve("output.log");
        try {
            final Process process = new ProcessBuilder(PeerProcess.command(directory, FLAGS,
                BookKeeperServer.class.getName(), directory.toString(), Boolean.toString(forced)))
                .redirectError(output.toFile()).start();
            Runtime.getRuntime().addShutdownHook(
                new Thread(() -> PeerProcess.stop(process, directory), "bookkeeper-stopper"));
            final BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith(READY)) {
                    return URI.create(line.substring(READY.length()));
                }
            }
            final List<String> lines = Files.readAllLines(output);
            throw new IOException("BookKeeper does not start: "
                + String.join(" | ", lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size())));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The process itself, until its input ends. Takes a directory and whether the journal is forced. It is also forced as
     * soon as nothing waits to be written; by default a single writer would wait for 2 ms each time.
     */
    public static void main(final String[] args) throws Exception {
        final PrintStream out = System.out;
        System.setOut(System.err); // nobody reads the first once this is ready
        final Path directory = Path.of(args[0]);
        final int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        LocalBookKeeper.runZookeeper(
            ZOOKEEPER_CLIENTS, port, Files.createDirectories(directory.resolve("zookeeper")).toFile());
        final ServerConfiguration configuration = new ServerConfiguration();
        configuration.setAllowLoopback(true);
        configuration.setLedgerDirNames(new String[] {directory.resolve("entries").toString()});
        configuration.setJournalSyncData(Boolean.parseBoolean(args[1]));
        configuration.setJournalFlushWhenQueueEmpty(true);
        configuration.setMetadataServiceUri("zk+hierarchical://" + HOST + ":" + port + LEDGERS);
        new LocalBookKeeper(1, configuration, directory.resolve("configuration").toString(), false, "journal", HOST, port)
            .start();
        final URI namespace = URI.create("distributedlog://" + HOST + ":" + port + "/bench");
        DLMetadata.create(new BKDLConfig(HOST + ":" + port, LEDGERS)).create(namespace);
        out.println(READY + namespace);
        while (System.in.read() >= 0) {
            // its end is that of whoever started this
        }
        System.exit(0);
    }
}
