/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.core.files.SystemFiles;
import dev.peregrine.log.Durability;
import dev.peregrine.log.LogInspector;
import dev.peregrine.log.PartitionLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.agrona.IoUtil;

/** One history of a stream of one partition, with three publishers and a subscription, driven by a seed. */
final class StreamHistory implements AutoCloseable {
    /** What can befall it. */
    enum Step {
        PUBLISH, LONG_MESSAGE, BATCH, TRY, DUPLICATE, ABORT, HOUSEKEEPING, MAINTENANCE, FORCE, TRUNCATE, RETENTION, POLL,
        COMMIT, SEEK, ALTER, RESTART, KILL, BACKUP, END
    }

    static final String STREAM = "s";
    private static final String SUBSCRIPTION = "audit";
    static final int SEGMENT_LENGTH = 64 << 10;
    private static final FilesFacade FILES = new Unforced();

    /** The real file system without its slowest part, which is proven elsewhere. */
    private static final class Unforced extends SystemFiles {
        @Override
        public void force(final MappedByteBuffer buffer, final int offset, final int lengthBytes) {
            // nothing
        }

        @Override
        public void force(final FileChannel channel) {
            // nothing
        }

        @Override
        public void forceDirectory(final Path directory) {
            // nothing
        }
    }

    private final Path home;
    private final SplittableRandom random;
    private final StreamModel model = new StreamModel();
    private final Map<Step, Integer> counts = new EnumMap<>(Step.class);
    private final HistoryPublishers publishers;

    private Path at;
    private int copies;
    private EventBus bus;
    private Subscription subscription;
    /** Number of the next record of the subscription, and of its last commit. */
    private int next;
    private int committed;
    private boolean compacting;
    private boolean mayCompact;
    private boolean ended;
    private boolean reopened;

    StreamHistory(final Path home, final long seed) {
        this.home = home;
        this.random = new SplittableRandom(seed);
        this.publishers = new HistoryPublishers(() -> bus, () -> ended, model, random);
        this.at = home.resolve("data");
        this.bus = EventBus.open(at, FILES);
        bus.provision(settings());
        compacting = bus.stream(STREAM).config().compaction().enabled();
    }

    Map<Step, Integer> counts() {
        return counts;
    }

    private StreamConfig settings() {
        final StreamConfig config = StreamConfig.of(STREAM).withSegmentLength(SEGMENT_LENGTH)
            .withDurability(Durability.values()[random.nextInt(3)], random.nextInt(1, 100))
            .withCompressionLevel(random.nextBoolean() ? 0 : 1);
        return random.nextInt(3) > 0 ? config
            : config.withCompaction(new Compaction(true, 0, random.nextBoolean() ? 0 : 86_400_000));
    }

    private PartitionLog log() {
        return bus.stream(STREAM).partition(0);
    }

    private Subscription subscription() {
        if (subscription == null) {
            subscription = bus.subscribe(STREAM, SUBSCRIPTION);
            assertThat(subscription.offset(0)).isEqualTo(Math.max(committed, model.start()));
            next = committed;
        }
        return subscription;
    }

    private boolean isInUse() {
        return subscription != null || publishers.areOpen();
    }

    private void closeClients() {
        publishers.close();
        if (subscription != null) {
            subscription.close();
            subscription = null;
        }
    }

    void run() throws IOException {
        final Step[] all = Step.values();
        for (int left = random.nextInt(10, 60); left > 0; left--) {
            // most of all it is published
            final int choice = random.nextInt(2 * all.length);
            final Step step = choice < all.length ? all[choice] : all[random.nextInt(3)];
            if (step == Step.END && random.nextInt(4) > 0) {
                continue;
            }
            counts.merge(step, 1, Integer::sum);
            take(step);
            final boolean inUse = isInUse();
            model.check(log(), mayCompact, inUse, random);
            mayCompact &= !reopened; // until then somebody may be in a segment as it was, and have others see it so too
            reopened = false;
        }
        log().verify();
        final Path partition = log().config().directory();
        closeClients();
        bus.close();
        assertThat(LogInspector.inspect(FILES, partition, frame -> { }).defects()).isEmpty();
    }

    private void take(final Step step) throws IOException {
        switch (step) {
            case PUBLISH -> publishers.publish(1 + random.nextInt(40), 600);
            case LONG_MESSAGE -> publishers.publish(1, 150_000);
            case BATCH -> publishers.publishBatch();
            case TRY -> publishers.tryPublish();
            case DUPLICATE -> publishers.publishAgain();
            case ABORT -> publishers.abort();
            case HOUSEKEEPING -> bus.doHousekeeping();
            case MAINTENANCE -> maintain();
            case FORCE -> {
                log().force();
                assertThat(log().durablePosition()).isEqualTo(log().appendedPosition());
            }
            case TRUNCATE -> truncate();
            case RETENTION -> retain();
            case POLL -> poll();
            case COMMIT -> {
                subscription().commit();
                committed = (int) subscription().offset(0);
            }
            case SEEK -> seek();
            case ALTER -> alter();
            case RESTART -> restart();
            case KILL -> kill();
            case BACKUP -> backup();
            case END -> {
                bus.end(STREAM);
                ended = true;
            }
            default -> throw new AssertionError(step);
        }
    }

    private void maintain() {
        mayCompact |= compacting;
        for (int left = random.nextInt(60); left > 0 && bus.doMaintenance() > 0; left--) {
            // a step
        }
    }

    private void truncate() {
        final int limit = random.nextInt(model.size() + 1);
        assertThat(bus.truncate(STREAM, 0, limit)).isEqualTo(log().startOffset());
        model.truncated(log(), limit);
    }

    private void retain() {
        final StreamConfig before = bus.stream(STREAM).config();
        final boolean byAge = random.nextBoolean();
        final boolean keepUnread = random.nextBoolean();
        final long bytes = byAge ? 0 : SEGMENT_LENGTH * random.nextLong(1, 8);
        closeClients();
        bus.alter(before.withRetention(new Retention(byAge ? 1 : 0, bytes, keepUnread)));
        // one millisecond of age after the time of some record
        final long cutoff = model.size() == 0 ? 0 : model.entry(random.nextInt(model.size())).timestampNs();
        bus.stream(STREAM).retain(
            new RetentionKeeper(new StreamFiles(at, FILES), FILES, () -> cutoff + 1_000_000));
        int limit = keepUnread && !bus.subscriptions(STREAM).isEmpty() ? Math.max(committed, model.start()) : model.size();
        for (int i = model.size() - 1; byAge && i >= model.start(); i--) {
            limit = model.isThere(i) && model.entry(i).timestampNs() >= cutoff ? Math.min(limit, i) : limit;
        }
        final long first = model.start();
        model.truncated(log(), limit);
        if (!byAge && model.start() > first) {
            assertThat(log().appendedPosition() - log().startPosition())
                .isGreaterThan(Math.min(bytes, SEGMENT_LENGTH) - SEGMENT_LENGTH);
        }
        bus.alter(before);
    }

    private void poll() {
        final Subscription reader = subscription();
        final int limit = random.nextInt(1, 100);
        final int[] last = {next - 1};
        final int handed = reader.poll(frame -> {
            final int offset = (int) frame.offset();
            model.checkFrame(frame);
            // in a segment as it was before somebody truncated or compacted there may be more
            if (offset <= last[0] || model.next(last[0] + 1) < offset) {
                throw new AssertionError("record " + offset + " was handed over behind " + last[0]);
            }
            last[0] = offset;
        }, limit);
        if (handed < limit) {
            assertThat(model.next(last[0] + 1)).as("all was handed over").isEqualTo(model.size());
            assertThat(subscription().isEndOfStream()).isEqualTo(ended);
            assertThat(subscription().lagRecords()).isZero();
            last[0] = model.size() - 1;
        }
        next = last[0] + 1;
        assertThat(subscription().offset(0)).isEqualTo(next);
    }

    private void seek() {
        subscription();
        final int kind = random.nextInt(4);
        next = random.nextInt(model.size() + 1);
        if (kind == 0) {
            subscription().rewind();
            next = model.start();
        } else if (kind == 1) {
            subscription().seekToLatest();
            next = model.size();
        } else if (kind == 2 || next < model.start() || next == model.size() || !model.isThere(next)) {
            final int wanted = next;
            subscription().seekToOffset(0, wanted);
            next = Math.max(wanted, model.start());
        } else {
            final int wanted = next;
            subscription().seek(0, model.position(wanted));
            next = wanted;
        }
        assertThat(subscription().offset(0)).isEqualTo(next);
    }

    private void alter() {
        closeClients();
        bus.alter(settings());
        compacting = bus.stream(STREAM).config().compaction().enabled();
        assertThat(log().isEnded()).isEqualTo(ended);
    }

    private void restart() {
        closeClients();
        bus.close();
        reopen(at);
    }

    private void reopen(final Path data) {
        at = data;
        reopened = true;
        bus = EventBus.open(data, FILES);
        compacting = bus.stream(STREAM).config().compaction().enabled();
        assertThat(log().isEnded()).isEqualTo(ended);
        for (int i = 0; i < HistoryPublishers.COUNT && !ended; i++) {
            final long producer = Publisher.producerId("p" + i);
            assertThat(log().lastSequence(producer)).isEqualTo(model.lastSequence(producer, model.start()));
        }
    }

    /** Goes on with what the death of the process would leave, now and then with a claim open before a record. */
    private void kill() throws IOException {
        final Path image = home.resolve("image-" + copies++);
        final boolean open = !ended && random.nextBoolean();
        if (open) {
            publishers.publishBehindClaim();
        }
        copyTree(at, image);
        if (open) {
            publishers.abortClaim();
        }
        closeClients();
        bus.close();
        IoUtil.delete(at.toFile(), false);
        reopen(image);
    }

    private void backup() {
        final Path copy = home.resolve("backup-" + copies);
        final Path restored = home.resolve("restored-" + copies++);
        bus.backup(copy, bytes -> { });
        closeClients();
        bus.close();
        IoUtil.delete(at.toFile(), false);
        EventBus.restore(copy, restored, FILES, bytes -> { });
        IoUtil.delete(copy.toFile(), false);
        reopen(restored);
    }

    private static void copyTree(final Path from, final Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (final Path file : files.sorted().toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        } catch (final UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public void close() {
        bus.close();
    }
}
