/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.files.SystemFiles;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * The real file system, and beside it what a disk would hold: pages of 4 KiB reach it when they are forced, or at any
 * moment and in any order when the system likes. New names reach it when their directory is forced, or earlier, but one
 * never before those that were given before it; what was deleted may come back. Used by one thread.
 */
final class PowerCutFiles extends SystemFiles {
    private static final int PAGE = 4096;

    private final IdentityHashMap<FileChannel, Path> channels = new IdentityHashMap<>();
    private final IdentityHashMap<MappedByteBuffer, Path> mappings = new IdentityHashMap<>();
    private final Map<Path, byte[]> making = new HashMap<>();
    private final TreeMap<Path, byte[]> disk = new TreeMap<>();
    /** What was deleted and may come back, since its directory was not forced. */
    private final TreeMap<Path, byte[]> deleted = new TreeMap<>();
    /** New names that the journal may not have yet, in order, with what undoes each. */
    private final ArrayDeque<Runnable> renames = new ArrayDeque<>();
    private Runnable beforeEach = () -> { };

    /** Starts with what lies in a directory. */
    void load(final Path directory) throws IOException {
        for (final Path file : list(directory)) {
            disk.put(file, Files.readAllBytes(file));
        }
    }

    /** Runs before every change of a name and every force: a moment at which the power may go. */
    void beforeEach(final Runnable hook) {
        beforeEach = hook;
    }

    @Override
    public FileChannel openReadWrite(final Path file) throws IOException {
        final FileChannel channel = super.openReadWrite(file);
        channels.put(channel, file);
        return channel;
    }

    @Override
    public MappedByteBuffer map(
        final FileChannel channel, final FileChannel.MapMode mode, final long offset, final long lengthBytes)
        throws IOException {
        final MappedByteBuffer mapping = super.map(channel, mode, offset, lengthBytes);
        mappings.put(mapping, channels.get(channel));
        return mapping;
    }

    @Override
    public void unmap(final MappedByteBuffer buffer) {
        mappings.remove(buffer);
        super.unmap(buffer);
    }

    @Override
    public void allocate(final Path file, final long lengthBytes, final Runnable betweenBlocks)
        throws IOException {
        super.allocate(file, lengthBytes, betweenBlocks);
        making.put(file, new byte[(int) lengthBytes]);
    }

    @Override
    public void force(final FileChannel channel) throws IOException {
        beforeEach.run();
        final Path file = channels.get(channel);
        (disk.containsKey(file) ? disk : making).put(file, Files.readAllBytes(file));
    }

    @Override
    public void forceDirectory(final Path directory) throws IOException {
        beforeEach.run();
        super.forceDirectory(directory);
        renames.clear();
        deleted.keySet().removeIf(file -> directory.equals(file.getParent()));
    }

    @Override
    public void rename(final Path from, final Path to) throws IOException {
        beforeEach.run();
        super.rename(from, to);
        final byte[] made = making.remove(from);
        final byte[] had = disk.remove(from);
        final byte[] unforced = from.toString().endsWith(".tmp")
            ? Files.readAllBytes(to) : new byte[(int) Files.size(to)]; // who writes atomically has forced it
        final byte[] before = had != null ? had : made != null ? made : unforced;
        final byte[] replaced = disk.put(to, before);
        renames.add(() -> {
            disk.remove(to);
            if (replaced != null) {
                disk.put(to, replaced);
            }
            if (had != null) {
                disk.put(from, had);
            }
        });
    }

    @Override
    public void delete(final Path file) throws IOException {
        beforeEach.run();
        super.delete(file);
        final byte[] had = disk.remove(file);
        if (had != null) {
            deleted.put(file, had);
        }
    }

    @Override
    public void force(final MappedByteBuffer buffer, final int offset, final int lengthBytes) {
        beforeEach.run();
        final byte[] image = disk.get(mappings.get(buffer));
        if (image == null) {
            return; // it was replaced or deleted
        }
        final int from = offset / PAGE * PAGE;
        final int to = Math.min(buffer.capacity(), (offset + lengthBytes + PAGE - 1) / PAGE * PAGE);
        buffer.duplicate().position(from).get(image, from, to - from);
    }

    /** The system writes pages back that nobody forced. */
    void writeBack(final SplittableRandom random, final double share) throws IOException {
        for (final Map.Entry<Path, byte[]> entry : disk.entrySet()) {
            if (!entry.getKey().toString().endsWith(SegmentDescriptor.SUFFIX)) {
                continue;
            }
            final byte[] now = Files.readAllBytes(entry.getKey());
            for (int page = 0; page < now.length; page += PAGE) {
                if (random.nextDouble() < share) {
                    System.arraycopy(now, page, entry.getValue(), page, PAGE);
                }
            }
        }
    }

    /** Of the names that were not forced the last ones are lost. */
    private void undoRenames(final SplittableRandom random) {
        final Iterator<Runnable> last = renames.descendingIterator();
        for (int lost = random.nextInt(renames.size() + 1); lost > 0; lost--) {
            last.next().run();
        }
    }

    /** The power goes: what is on the disk is all there is. Of index files, which nobody forces, that is some of it. */
    void cutPower(final Path into, final SplittableRandom random) throws IOException {
        Files.createDirectories(into);
        final TreeMap<Path, byte[]> whole = new TreeMap<>(disk);
        undoRenames(random);
        write(into, random);
        disk.clear();
        disk.putAll(whole); // the moment was only looked at
        CrashImage.restartMachine(into);
    }

    private void write(final Path into, final SplittableRandom random) throws IOException {
        for (final Path file : disk.isEmpty() ? List.<Path>of() : list(disk.firstKey().getParent())) {
            final String name = file.getFileName().toString();
            if (name.endsWith(IndexDescriptor.SUFFIX)) {
                final byte[] now = Files.readAllBytes(file);
                Files.write(into.resolve(name), Arrays.copyOf(now, random.nextInt(now.length + 1)));
            }
        }
        final TreeMap<Path, byte[]> left = new TreeMap<>(deleted);
        left.keySet().removeIf(file -> random.nextBoolean());
        left.putAll(disk);
        for (final Map.Entry<Path, byte[]> entry : left.entrySet()) {
            final String name = entry.getKey().getFileName().toString();
            if (name.endsWith(SegmentDescriptor.SUFFIX) || name.endsWith(PackedSegmentDescriptor.SUFFIX)
                || name.endsWith(SegmentDescriptor.SPARE_ENDING) || name.equals(StartMark.FILE_NAME)) {
                Files.write(into.resolve(name), entry.getValue());
            }
        }
    }
}
