/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import dev.peregrine.Peregrine;
import dev.peregrine.app.Feed;
import dev.peregrine.app.TopologyFactory;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.daemon.http.HttpListener;
import dev.peregrine.daemon.resp.RespListener;
import dev.peregrine.topology.RunningTopology;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import org.agrona.CloseHelper;

/** One engine from one config file: its topologies, its feeds and its listeners. */
public final class Daemon implements AutoCloseable {
    private static final long FEED_STOP_MS = 5_000;

    private final PrintStream log;
    private final Peregrine engine;
    private final List<AutoCloseable> listeners = new ArrayList<>();
    private final List<Thread> feeds = new ArrayList<>();
    private final Map<String, String> feedFailures = new ConcurrentSkipListMap<>();
    private final CountDownLatch signal = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private int httpPort = -1;
    private int respPort = -1;

    private Daemon(final Config config, final PrintStream log) {
        this.log = log;
        this.engine = Peregrine.open(config);
        try {
            startTopologies();
            startListeners();
            startFeeds();
        } catch (final RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Starts a daemon.
     *
     * @throws ConfigurationException if the file is missing or says something impossible.
     */
    public static Daemon start(final Path file, final PrintStream log) {
        if (!Files.isReadable(file)) {
            throw new ConfigurationException("config file " + file + " does not exist or cannot be read");
        }
        try {
            final Daemon daemon = new Daemon(ConfigFactory.parseFile(file.toFile()).resolve(), log);
            log.println("peregrine runs; data in " + daemon.engine.dataDirectory() + "; stop it with SIGTERM or Ctrl-C");
            return daemon;
        } catch (final ConfigException e) {
            throw new ConfigurationException(e.getMessage(), e);
        }
    }

    private void startTopologies() {
        final Config topologies = engine.config().getConfig("peregrine.topologies");
        for (final String name : topologies.root().keySet()) {
            final Config block = topologies.getConfig(ConfigUtil.joinPath(name));
            final TopologyFactory factory = create(block, TopologyFactory.class, "peregrine.topologies." + name);
            final RunningTopology topology = engine.submit(factory.create(name, block));
            log.println(topology.plan().stripTrailing());
        }
    }

    private void startFeeds() {
        final Config all = engine.config().getConfig("peregrine.feeds");
        for (final String name : all.root().keySet()) {
            final Config block = all.getConfig(ConfigUtil.joinPath(name));
            final Feed feed = create(block, Feed.class, "peregrine.feeds." + name);
            final Thread thread = new Thread(() -> runFeed(feed, name, block), "feed-" + name);
            feeds.add(thread);
            thread.start();
        }
    }

    private void runFeed(final Feed feed, final String name, final Config block) {
        try {
            feed.run(engine, name, block);
        } catch (final Exception | LinkageError e) {
            feedFailures.put(name, e.toString());
            log.println("feed " + name + " has stopped: " + e);
        }
    }

    private static <T> T create(final Config block, final Class<T> type, final String path) {
        if (!block.hasPath("class")) {
            throw new ConfigurationException(path + " needs a key 'class'");
        }
        final String name = block.getString("class");
        try {
            return type.cast(Class.forName(name).getConstructor().newInstance());
        } catch (final ReflectiveOperationException | ClassCastException e) {
            throw new ConfigurationException(path + ".class = " + name + " cannot be used: it must be on the class path,"
                + " implement " + type.getName() + " and have a public constructor without arguments (" + e + ")", e);
        }
    }

    private void startListeners() {
        final Config config = engine.config().getConfig("peregrine.listeners");
        if (config.hasPath("http")) {
            final HttpListener http = HttpListener.start(config.getString("http"), engine, this::problems);
            listeners.add(http);
            httpPort = http.port();
            log.println("http: http://127.0.0.1:" + httpPort + "/metrics and /healthz");
        }
        if (config.hasPath("resp")) {
            final RespListener resp = RespListener.start(config.getString("resp"), engine);
            listeners.add(resp);
            respPort = resp.port();
            log.println("resp: redis-cli -p " + respPort + " HGETALL TABLE:KEY");
        }
    }

    /** Port of the HTTP listener, or -1 if there is none. */
    public int httpPort() {
        return httpPort;
    }

    /** Port of the RESP listener, or -1 if there is none. */
    public int respPort() {
        return respPort;
    }

    private List<String> problems() {
        final List<String> problems = new ArrayList<>(engine.health().problems());
        feedFailures.forEach((name, failure) -> problems.add("feed " + name + " has stopped: " + failure));
        return problems;
    }

    /** Waits for SIGTERM or SIGINT; the JVM ends when {@link #close} has returned. */
    public void awaitSignal() throws InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            signal.countDown();
            try {
                stopped.await();
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, "peregrine-stopper"));
        signal.await();
    }

    @Override
    public void close() {
        feeds.forEach(Thread::interrupt);
        for (final Thread feed : feeds) {
            try {
                feed.join(FEED_STOP_MS);
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        CloseHelper.closeAll(listeners);
        engine.close();
        log.println("peregrine stopped; everything acknowledged is in " + engine.dataDirectory());
        stopped.countDown();
    }
}
