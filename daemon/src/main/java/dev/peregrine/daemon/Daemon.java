/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigUtil;
import dev.peregrine.Peregrine;
import dev.peregrine.app.Feed;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.daemon.control.ControlListener;
import dev.peregrine.daemon.http.HttpListener;
import dev.peregrine.daemon.resp.RespListener;
import dev.peregrine.topology.Topology;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import org.agrona.CloseHelper;

/** One engine from one config file: its topologies, its feeds and its listeners. */
public final class Daemon implements AutoCloseable {
    private static final long FEED_STOP_MS = 5_000;

    private final Consumer<String> log;
    private final Peregrine engine;
    private final TopologyLoader loader = new TopologyLoader();
    private final List<AutoCloseable> listeners = new ArrayList<>();
    private final List<Thread> feeds = new ArrayList<>();
    private final Map<String, String> feedFailures = new ConcurrentSkipListMap<>();
    private volatile boolean stopping;
    private int httpPort = -1;
    private int respPort = -1;

    private Daemon(final Config config, final boolean takeOver, final Consumer<String> log) {
        this.log = log;
        this.engine = takeOver ? Peregrine.takeOver(config) : Peregrine.open(config);
        try {
            startTopologies();
            startListeners();
            startFeeds();
        } catch (final RuntimeException e) {
            stop();
            throw e;
        }
    }

    /**
     * Starts a daemon.
     *
     * @param log takes a line at a time, from any thread.
     * @throws ConfigurationException if the file is missing or says something impossible.
     */
    public static Daemon start(final Path file, final Consumer<String> log) {
        return start(file, false, log);
    }

    /**
     * As {@link #start(Path, Consumer)}, but takes the data directory over from a process that holds it and cannot be
     * stopped; see {@link Peregrine#takeOver}.
     */
    public static Daemon takeOver(final Path file, final Consumer<String> log) {
        return start(file, true, log);
    }

    private static Daemon start(final Path file, final boolean takeOver, final Consumer<String> log) {
        final Config config = ConfigFile.read(file).config();
        try {
            return new Daemon(config, takeOver, log);
        } catch (final ConfigException e) {
            throw new ConfigurationException(e.getMessage(), e);
        }
    }

    private void startTopologies() {
        for (final Topology topology : new ConfigFile(engine.config()).topologies(loader)) {
            log.accept(engine.submit(topology).plan().stripTrailing());
        }
    }

    private void startFeeds() {
        final Config all = engine.config().getConfig("peregrine.feeds");
        final Map<String, Feed> made = new LinkedHashMap<>();
        for (final String name : all.root().keySet()) { // all of them, before one starts
            made.put(name, ConfigFile.create(all.getConfig(ConfigUtil.joinPath(name)), Feed.class,
                "peregrine.feeds." + name, getClass().getClassLoader()));
        }
        made.forEach((name, feed) -> {
            final Config block = all.getConfig(ConfigUtil.joinPath(name));
            final Thread thread = new Thread(() -> runFeed(feed, name, block), "feed-" + name);
            feeds.add(thread);
            thread.start();
        });
    }

    private void runFeed(final Feed feed, final String name, final Config block) {
        try {
            feed.run(engine, name, block);
            if (!stopping) {
                log.accept("feed " + name + " has published all it had");
            }
        } catch (final Throwable e) { // whatever it is, health must tell
            if (!stopping) {
                final String why = e instanceof PeregrineException || e instanceof ConfigException
                    ? e.getMessage() : e.toString();
                feedFailures.put(name, why);
                log.accept("feed " + name + " has stopped: " + why);
            }
        }
    }

    private void startListeners() {
        listeners.add(ControlListener.start(engine.dataDirectory(), new TopologyControl(engine, loader, log)));
        final Config config = engine.config().getConfig("peregrine.listeners");
        if (config.hasPath("http")) {
            final HttpListener http =
                HttpListener.start(key(config, "http"), config.getString("http"), engine, this::problems);
            listeners.add(http);
            httpPort = http.address().getPort();
            log.accept("http: http://" + text(http.address()) + "/metrics and /healthz");
        }
        if (config.hasPath("resp")) {
            final RespListener resp = RespListener.start(key(config, "resp"), config.getString("resp"), engine);
            listeners.add(resp);
            respPort = resp.address().getPort();
            log.accept("resp: " + text(resp.address()) + ", e.g. redis-cli -p " + respPort + " KEYS '*'");
        }
    }

    private static String key(final Config listeners, final String name) {
        return listeners.getValue(name).origin().description() + ": peregrine.listeners." + name;
    }

    private static String text(final InetSocketAddress address) {
        return NetUtil.toSocketAddressString(address);
    }

    /** Where everything is kept. */
    public Path dataDirectory() {
        return engine.dataDirectory();
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

    private void stop() {
        stopping = true;
        feeds.forEach(Thread::interrupt);
        for (final Thread feed : feeds) {
            try {
                feed.join(FEED_STOP_MS);
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        final List<AutoCloseable> closing = new ArrayList<>(listeners);
        closing.add(engine);
        closing.add(loader);
        CloseHelper.closeAll(closing);
    }

    /** Stops feeds, listeners and the engine, in this order. */
    @Override
    public void close() {
        stop();
        log.accept("peregrine has stopped; all that was published is in " + engine.dataDirectory());
    }
}
