/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.topology.count;

import dev.peregrine.bench.rig.RunClock;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.storm.Config;
import org.apache.storm.LocalCluster;
import org.apache.storm.spout.SpoutOutputCollector;
import org.apache.storm.task.OutputCollector;
import org.apache.storm.task.TopologyContext;
import org.apache.storm.topology.OutputFieldsDeclarer;
import org.apache.storm.topology.TopologyBuilder;
import org.apache.storm.topology.base.BaseRichBolt;
import org.apache.storm.topology.base.BaseRichSpout;
import org.apache.storm.tuple.Fields;
import org.apache.storm.tuple.Tuple;
import org.apache.storm.tuple.Values;

/**
 * The job on Storm's local cluster: a bolt that counts in hash maps and hands a window on when every spout has passed its
 * end. Storm's own windowed bolts keep every tuple until then, which is slower. With acks an event that is lost is sent
 * again; the counts themselves are kept by nobody.
 */
final class StormCount implements CountSubject {
    private static final String EVENTS = "events";
    private static final String ENDS = "ends";
    private static final String COUNT = "count";
    private static final String KEY = "key";
    private static final int BATCH = 100;
    private static final int PENDING = 20_000;
    private static final int SPOUT_BATCH = 64;
    private static final long SLEEP_NS = 100_000;
    private static final long TIMEOUT_MILLIS = 120_000;
    private static final int SLOT_PORT = 47_950;

    private final int parallelism;
    private final boolean hasAcks;
    private final LocalCluster cluster;
    private int runs;

    StormCount(final int parallelism, final boolean hasAcks, final Path directory) throws Exception {
        this.parallelism = parallelism;
        this.hasAcks = hasAcks;
        cluster = new LocalCluster.Builder().withSupervisors(1).withPortsPerSupervisor(1)
            .withSupervisorSlotPortMin(SLOT_PORT)
            .withDaemonConf(Config.STORM_LOCAL_HOSTNAME, "localhost")
            .withDaemonConf(Config.STORM_LOCAL_DIR, directory.resolve("storm").toString())
            .build();
    }

    /** Sends every {@code step}-th event, and one to everybody that ends all windows. */
    private static final class Spout extends BaseRichSpout {
        private static final long serialVersionUID = 1;

        private final CountLoad load;
        private final boolean hasAcks;
        private transient SpoutOutputCollector collector;
        private int step;
        private long next;
        private boolean hasEnded;

        Spout(final CountLoad load, final boolean hasAcks) {
            this.load = load;
            this.hasAcks = hasAcks;
        }

        @Override
        public void open(
            final Map<String, Object> config, final TopologyContext context, final SpoutOutputCollector output) {
            collector = output;
            next = context.getThisTaskIndex();
            step = context.getComponentTasks(EVENTS).size();
        }

        @Override
        public void nextTuple() {
            if (next < load.events()) { // not by one that is still being killed
                RunClock.start();
            }
            final int batch = hasAcks ? 1 : SPOUT_BATCH; // Storm looks at what is pending between calls
            for (int i = 0; i < batch && next < load.events(); i++) {
                if (load.paced()) {
                    final long early = RunClock.dueNs(next, load.ratePerSecond()) - System.nanoTime();
                    if (early > 0) {
                        LockSupport.parkNanos(Math.min(early, SLEEP_NS));
                        return;
                    }
                }
                final CountEvent event = CountEvent.of(load, next);
                if (hasAcks) {
                    collector.emit(new Values(event.key, event), next);
                } else {
                    collector.emit(new Values(event.key, event));
                }
                next += step;
            }
            if (next >= load.events() && !hasEnded) {
                hasEnded = true;
                collector.emit(ENDS, new Values(CountResults.NOBODY, CountEvent.closing(load)));
            }
        }

        @Override
        public void fail(final Object number) {
            throw new IllegalStateException("event " + number + " was not acknowledged in time");
        }

        @Override
        public void declareOutputFields(final OutputFieldsDeclarer declarer) {
            declarer.declare(new Fields(KEY, "event"));
            declarer.declareStream(ENDS, new Fields(KEY, "event"));
        }
    }

    private static final class Counter extends BaseRichBolt {
        private static final long serialVersionUID = 1;

        private final CountLoad load;
        private transient OutputCollector collector;
        private transient TreeMap<Long, Map<Long, long[]>> windows;
        private transient Map<Integer, Long> ends;

        Counter(final CountLoad load) {
            this.load = load;
        }

        @Override
        public void prepare(
            final Map<String, Object> config, final TopologyContext context, final OutputCollector output) {
            collector = output;
            windows = new TreeMap<>();
            ends = new HashMap<>();
            context.getComponentTasks(EVENTS).forEach(task -> ends.put(task, 0L));
        }

        @Override
        public void execute(final Tuple tuple) {
            final CountEvent event = (CountEvent) tuple.getValue(1);
            final Long end = load.windowEnd(event.timeMillis);
            if (event.key != CountResults.NOBODY) {
                windows.computeIfAbsent(end, missing -> new HashMap<>())
                    .computeIfAbsent(event.key, missing -> new long[1])[0]++;
            }
            if (!end.equals(ends.get(tuple.getSourceTask()))) {
                ends.put(tuple.getSourceTask(), end);
                fire(ends.values().stream().mapToLong(Long::longValue).min().orElse(0));
            }
            collector.ack(tuple);
        }

        /** Hands on the windows that ended before the one that ends then. */
        private void fire(final long openEnd) {
            while (!windows.isEmpty() && windows.firstKey() < openEnd) {
                final Map.Entry<Long, Map<Long, long[]>> window = windows.pollFirstEntry();
                window.getValue().forEach((key, count) ->
                    collector.emit(new Values(key, window.getKey(), count[0])));
            }
        }

        @Override
        public void declareOutputFields(final OutputFieldsDeclarer declarer) {
            declarer.declare(new Fields(KEY, "end", COUNT));
        }
    }

    private static final class Results extends BaseRichBolt {
        private static final long serialVersionUID = 1;

        private transient CountResults.Writer writer;
        private transient OutputCollector collector;

        @Override
        public void prepare(
            final Map<String, Object> config, final TopologyContext context, final OutputCollector output) {
            collector = output;
            writer = CountResults.current().newWriter();
        }

        @Override
        public void execute(final Tuple tuple) {
            writer.add(tuple.getLong(0), tuple.getLong(1), tuple.getLong(2));
            collector.ack(tuple);
        }

        @Override
        public void declareOutputFields(final OutputFieldsDeclarer declarer) {
            // emits nothing
        }
    }

    @Override
    public void run(final CountResults results) throws Exception {
        final TopologyBuilder builder = new TopologyBuilder();
        builder.setSpout(EVENTS, new Spout(results.load(), hasAcks), parallelism);
        builder.setBolt(COUNT, new Counter(results.load()), parallelism)
            .fieldsGrouping(EVENTS, new Fields(KEY)).allGrouping(EVENTS, ENDS);
        builder.setBolt("results", new Results(), parallelism).localOrShuffleGrouping(COUNT);
        final Config config = new Config();
        config.setNumWorkers(1);
        config.setNumAckers(hasAcks ? parallelism : 0);
        config.setMaxSpoutPending(PENDING);
        config.put(Config.TOPOLOGY_PRODUCER_BATCH_SIZE, BATCH);
        config.put(Config.TOPOLOGY_DISABLE_LOADAWARE_MESSAGING, true);
        config.put(Config.TOPOLOGY_EVENTLOGGER_EXECUTORS, 0);
        runs++;
        final String name = "count-" + runs;
        cluster.submitTopology(name, config, builder.createTopology());
        try {
            results.await(TIMEOUT_MILLIS);
        } finally {
            cluster.killTopologyWithOpts(name, LocalCluster.KILL_NOW);
        }
    }

    @Override
    public void close() throws Exception {
        cluster.close();
    }
}
