/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.testing;

import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.StageSupplier;
import dev.peregrine.topology.StreamOutput;
import dev.peregrine.topology.TableOutput;
import dev.peregrine.topology.state.KeyedCounter;
import dev.peregrine.topology.state.KeyedListState;
import dev.peregrine.topology.state.KeyedMapState;
import dev.peregrine.topology.state.KeyedValueState;
import dev.peregrine.topology.state.StateTtl;
import dev.peregrine.topology.time.Timer;
import dev.peregrine.topology.time.Timers;
import dev.peregrine.topology.window.WindowResultDescriptor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.agrona.concurrent.EpochNanoClock;
import org.agrona.concurrent.UnsafeBuffer;

/** The stages of random topologies, and what of them can be seen from outside. */
final class RandomStages {
    static final byte[] COUNT = "count".getBytes(StandardCharsets.US_ASCII);
    static final byte[] SUM = "sum".getBytes(StandardCharsets.US_ASCII);
    static final int LIST_SIZE = 3;
    static final int PICKY = 11;
    private static final long DELAY_NS = 700_000;

    /** What the states held when their stages were closed: number and sum of values by node and key. */
    static final Map<String, long[]> STATES = new ConcurrentHashMap<>();

    /** Called within every call of a stage: where a simulated process may die. */
    private static Runnable crashPoint = () -> { };

    private RandomStages() {
    }

    static void crashPoint(final Runnable value) {
        crashPoint = value;
    }

    /** Dies here, if the time has come. */
    static void mayDie() {
        crashPoint.run();
    }

    /** Forgets what was seen. */
    static void clear() {
        STATES.clear();
        OutsideSink.SYSTEMS.clear();
    }

    static StageSupplier of(final RandomTopology.Node node) {
        final long salt = node.salt();
        switch (node.kind()) {
            case MAP:
                return () -> each((item, out) -> mapped(item, salt).emit(out));
            case FLAT:
                return () -> each((item, out) -> flat(item, salt).forEach(part -> part.emit(out)));
            case PICKY:
                return () -> each((item, out) -> {
                    if (isPicked(item, salt)) {
                        throw new IllegalArgumentException("do not like " + item);
                    }
                    item.emit(out);
                });
            case SPLIT:
                return Split::new;
            case COUNT:
                return () -> new Watched(new Count(node));
            case LIST:
                return () -> new Watched(new Lists(node));
            case TIMER:
                return () -> new Watched(new Alarm(node));
            case DELAY:
                return () -> new Watched(new Delay());
            case OUTSIDE:
                return () -> new OutsideSink(node);
            default:
                throw new IllegalArgumentException("no stage: " + node);
        }
    }

    static Item mapped(final Item item, final long salt) {
        return new Item(item.id(), item.isClosing() || salt % 2 == 0
            ? item.key() : (item.key() * 7 + salt) % RandomTopology.KEYS, item.value() * 3 + salt, item.timeNs());
    }

    static List<Item> flat(final Item item, final long salt) {
        final List<Item> parts = new ArrayList<>();
        for (long i = item.isClosing() ? 0 : Item.mix(item.id(), salt) % 3; i > 0; i--) {
            parts.add(new Item(Item.mix(item.id(), salt + i), item.key(), item.value() + i, item.timeNs()));
        }
        return parts;
    }

    static boolean isPicked(final Item item, final long salt) {
        return !item.isClosing() && Item.mix(item.id(), salt) % PICKY == 0;
    }

    static boolean isOther(final Item item) {
        return Item.mix(item.id(), 1) % 2 == 0;
    }

    /** The time for which an event sets its timer. */
    static long timerNs(final Item item, final RandomTopology.Node node) {
        return (item.timeNs() / node.slideNs() + 1) * node.slideNs();
    }

    static Item ofTimer(final long key, final long timeNs, final long salt) {
        return new Item(Item.mix(Item.mix(key, timeNs), salt), key, 1, timeNs);
    }

    static Item ofWindow(final long key, final long startNs, final long endNs, final long count, final long sum) {
        return new Item(Item.mix(Item.mix(key, startNs), endNs), key, count * 1_000_003 + sum, endNs - 1);
    }

    /** Handles an item. */
    private interface Handler {
        void handle(Item item, Emitter out);
    }

    private static Stage each(final Handler handler) {
        return (event, out) -> {
            crashPoint.run();
            handler.handle(Item.read(event.buffer(), event.offset()), out);
        };
    }

    /** Lets the process die at any call. */
    static final class Watched implements Stage {
        private final Stage stage;

        Watched(final Stage stage) {
            this.stage = stage;
        }

        @Override
        public void open(final StageContext context) {
            stage.open(context);
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            crashPoint.run();
            stage.onEvent(event, out);
        }

        @Override
        public void onEpoch(final long epoch, final Emitter out) {
            crashPoint.run();
            stage.onEpoch(epoch, out);
            crashPoint.run();
        }

        @Override
        public void onWatermark(final long watermarkNs, final Emitter out) {
            stage.onWatermark(watermarkNs, out);
            crashPoint.run();
        }

        @Override
        public void onTimer(final Timer timer, final Emitter out) {
            stage.onTimer(timer, out);
            crashPoint.run();
        }

        @Override
        public void close() {
            stage.close();
        }
    }

    /** Sends every other item to another output. */
    private static final class Split implements Stage {
        private Emitter other;

        @Override
        public void open(final StageContext context) {
            other = context.output(RandomTopology.OTHER);
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            crashPoint.run();
            final Item item = Item.read(event.buffer(), event.offset());
            if (item.isClosing() || !isOther(item)) {
                item.emit(out);
            }
            if (item.isClosing() || isOther(item)) {
                item.emit(other);
            }
        }
    }

    /** Counts and adds up per key: in states, in a table, and each new count in a stream. Hands items on. */
    private static final class Count implements Stage {
        private final RandomTopology.Node node;
        private final UnsafeBuffer mapKey = new UnsafeBuffer(new byte[Long.BYTES]);
        private final UnsafeBuffer number = new UnsafeBuffer(new byte[Long.BYTES]);
        private KeyedCounter counts;
        private KeyedValueState sums;
        private KeyedMapState ids;
        private TableOutput table;
        private StreamOutput running;

        Count(final RandomTopology.Node node) {
            this.node = node;
        }

        @Override
        public void open(final StageContext context) {
            counts = context.counterState("counts", StateTtl.NEVER);
            sums = context.valueState("sums", Long.BYTES, Long.BYTES);
            ids = context.mapState("ids", StateTtl.NEVER);
            table = context.table(RandomTopology.TABLE).writeThrough(RandomTopology.CACHE);
            running = context.stream(RandomTopology.running(node));
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            final Item item = Item.read(event.buffer(), event.offset());
            item.emit(out);
            if (item.isClosing()) {
                return;
            }
            final int key = event.offset() + Item.KEY_OFFSET;
            final long count = counts.add(event.buffer(), key, Long.BYTES, 1);
            final int at = sums.getOrCreate(event.buffer(), key, Long.BYTES);
            sums.buffer().putLong(at, sums.buffer().getLong(at) + item.value());
            mapKey.putLong(0, item.id() % 4);
            number.putLong(0, item.id());
            ids.put(event.buffer(), key, Long.BYTES, mapKey, 0, Long.BYTES, number, 0, Long.BYTES);
            new Item(0, item.key(), count, item.timeNs()).write(running.buffer(), running.claim(Item.LENGTH));
            running.commit(KeyHash.of(item.key()), item.timeNs(), 0, 0);
            if (node.salt() % 2 == 0) {
                stage(item.key(), count, sums.buffer().getLong(at));
            }
        }

        @Override
        public void onEpoch(final long epoch, final Emitter out) {
            if (node.salt() % 2 != 0) {
                counts.forEachChanged((buffer, offset, length, value) -> stage(buffer.getLong(offset), value,
                    sums.buffer().getLong(sums.get(buffer, offset, length))));
            }
        }

        private void stage(final long key, final long count, final long sum) {
            table.mutation().begin(row(node, key)).putLong(COUNT, count).putLong(SUM, sum);
            table.stage();
        }

        @Override
        public void close() {
            counts.forEach((buffer, offset, length, value) -> STATES.put(row(node, buffer.getLong(offset)), new long[] {
                value, sums.buffer().getLong(sums.get(buffer, offset, length))}));
        }
    }

    static String row(final RandomTopology.Node node, final long key) {
        return node.name() + ":" + key;
    }

    /** Gathers values per key and emits the sum of each few. */
    private static final class Lists implements Stage {
        private final RandomTopology.Node node;
        private KeyedListState lists;

        Lists(final RandomTopology.Node node) {
            this.node = node;
        }

        @Override
        public void open(final StageContext context) {
            lists = context.listState("lists", StateTtl.NEVER);
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            final Item item = Item.read(event.buffer(), event.offset());
            if (item.isClosing()) {
                return;
            }
            final int key = event.offset() + Item.KEY_OFFSET;
            lists.append(event.buffer(), key, Long.BYTES, event.buffer(), event.offset() + Item.VALUE_OFFSET, Long.BYTES);
            if (lists.size(event.buffer(), key, Long.BYTES) == LIST_SIZE) {
                final long[] sum = new long[1];
                lists.forEach(event.buffer(), key, Long.BYTES,
                    (buffer, offset, length) -> sum[0] += buffer.getLong(offset));
                lists.clear(event.buffer(), key, Long.BYTES);
                new Item(0, item.key(), sum[0], item.timeNs()).emit(out);
            }
        }

        @Override
        public void close() {
            lists.forEach((key, keyOffset, keyLength, buffer, offset, length) -> STATES.merge(
                row(node, key.getLong(keyOffset)), new long[] {1, buffer.getLong(offset)},
                (first, second) -> new long[] {first[0] + second[0], first[1] + second[1]}));
        }
    }

    /** Sets a timer for each event, and emits one item for each that fires. */
    private static final class Alarm implements Stage {
        private final RandomTopology.Node node;
        private Timers timers;

        Alarm(final RandomTopology.Node node) {
            this.node = node;
        }

        @Override
        public void open(final StageContext context) {
            timers = context.timers();
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            final Item item = Item.read(event.buffer(), event.offset());
            if (!item.isClosing()) {
                timers.atEventTime(3, timerNs(item, node), event.buffer(), event.offset() + Item.KEY_OFFSET, Long.BYTES);
            }
        }

        @Override
        public void onTimer(final Timer timer, final Emitter out) {
            ofTimer(timer.keyBuffer().getLong(timer.keyOffset()), timer.timeNs(), node.salt()).emit(out);
        }
    }

    /** Counts per key until a timer in processing time comes, then emits the count. */
    private static final class Delay implements Stage {
        private KeyedValueState pending;
        private Timers timers;
        private EpochNanoClock clock;

        @Override
        public void open(final StageContext context) {
            pending = context.valueState("pending", Long.BYTES, Long.BYTES);
            timers = context.timers();
            clock = context.processingClock();
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            if (Item.read(event.buffer(), event.offset()).isClosing()) {
                return;
            }
            final int key = event.offset() + Item.KEY_OFFSET;
            final int at = pending.getOrCreate(event.buffer(), key, Long.BYTES);
            final long count = pending.buffer().getLong(at) + 1;
            pending.buffer().putLong(at, count);
            if (count == 1) {
                timers.atProcessingTime(4, clock.nanoTime() + DELAY_NS, event.buffer(), key, Long.BYTES);
            }
        }

        @Override
        public void onTimer(final Timer timer, final Emitter out) {
            final int at = pending.get(timer.keyBuffer(), timer.keyOffset(), timer.keyLength());
            final long count = pending.buffer().getLong(at);
            pending.remove(timer.keyBuffer(), timer.keyOffset(), timer.keyLength());
            new Item(0, timer.keyBuffer().getLong(timer.keyOffset()), count, 0).emit(out);
        }
    }

    /** Makes items of the results of a window. */
    static final class ToItem implements Stage {
        private final RandomTopology.Node node;

        ToItem(final RandomTopology.Node node) {
            this.node = node;
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            crashPoint.run();
            final int at = event.offset();
            final long startNs = event.buffer().getLong(at + WindowResultDescriptor.START_OFFSET);
            final long count = event.buffer().getLong(at + WindowResultDescriptor.RESULT_OFFSET);
            final long sum = event.buffer().getLong(at + WindowResultDescriptor.RESULT_OFFSET + Long.BYTES);
            final long key = event.buffer().getLong(at + WindowResultDescriptor.RESULT_OFFSET + 2 * Long.BYTES);
            ofWindow(key, startNs, startNs + node.sizeNs(), count, sum).emit(out);
        }
    }
}
