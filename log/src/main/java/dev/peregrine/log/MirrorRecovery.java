/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.core.files.Uninterrupted;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.agrona.BitUtil;

/**
 * Brings the two copies of a partition together when it is opened: before the log is recovered the first copy gets what
 * only the second has, afterwards the second is made like the first.
 *
 * <p>Where the {@linkplain CopyMark marks} are equal, files that are missing, cut short or without a header come from the
 * other copy, and so does every frame of an unsealed segment that fails its checksum. Sealed segments are not read, so that
 * a start takes no longer for them; one in which a reader has met damage is, and so can be one that the operator deletes
 * after {@code peregrine log verify} has named it. Where the marks differ the lower copy is made anew from the higher one,
 * byte by byte, which reads all of both.
 */
final class MirrorRecovery {
    static final String BUILDING = ".new";
    static final String SUSPECT_SUFFIX = ".suspect";
    private static final int BLOCK = 1 << 20;

    private final PartitionConfig config;
    private final FilesFacade files;
    private final Path first;
    private final Path second;
    private final FrameChecksum checksum = new FrameChecksum();
    private final FrameChecksum otherChecksum = new FrameChecksum();
    private long mark;
    private boolean together;
    private IOException failure;
    private int filesRestored;
    private long framesRestored;

    MirrorRecovery(final PartitionConfig config) {
        this.config = config;
        this.files = config.files();
        this.first = config.directory();
        this.second = config.mirror();
    }

    int filesRestored() {
        return filesRestored;
    }

    long framesRestored() {
        return framesRestored;
    }

    /** Gives the first copy what only the second has; nobody has the log open. */
    void restore() throws IOException {
        final long own = CopyMark.read(first);
        long other = CopyMark.NONE;
        try {
            files.createDirectories(second);
            other = CopyMark.read(second);
            mark = Math.max(own, other);
            together = own == other && own >= 0;
            if (together || own == CopyMark.DAMAGED || other == CopyMark.DAMAGED && !segmentsOf(first).isEmpty()) {
                merge(); // with a mark that is damaged either copy may hold what the other lacks
            } else if (other > own || segmentsOf(first).isEmpty()) {
                makeAnew();
            } else {
                healFromOutdated();
            }
        } catch (final IOException e) {
            if (other > own) {
                throw new StorageException("the second copy of log " + config.name() + " in " + second
                    + " is newer than the first but cannot be read: " + e.getMessage(), e);
            }
            mark = Math.max(own, 0);
            failure = e; // the first copy alone must do
        }
    }

    /** Makes the second copy like the first, which has been recovered. */
    Mirror finish() {
        if (failure == null) {
            try {
                replicate(first, second, !together);
                if (!together) {
                    mark = Math.max(mark, 0) + 1;
                    CopyMark.write(files, second, mark);
                    CopyMark.write(files, first, mark);
                }
                for (final Path file : files.list(first)) {
                    if (file.toString().endsWith(SUSPECT_SUFFIX)) {
                        files.delete(file);
                    }
                }
            } catch (final IOException e) {
                failure = e;
            }
        }
        final Mirror mirror = new Mirror(config, mark);
        if (failure != null) {
            mirror.lose(failure);
        }
        return mirror;
    }

    private void merge() throws IOException {
        final IndexDescriptor.Entry own = StartMark.read(first);
        final IndexDescriptor.Entry other = StartMark.read(second);
        if (other != null && (own == null || other.position() > own.position())) {
            StartMark.write(files, first, other);
            filesRestored += own == null ? 1 : 0;
        }
        final IndexDescriptor.Entry start = StartMark.read(first);
        final long from = start == null ? 0 : start.position();
        final Map<Long, Path> here = segmentsOf(first);
        for (final Map.Entry<Long, Path> entry : segmentsOf(second).tailMap(from).entrySet()) {
            final Path file = here.get(entry.getKey());
            if (file == null) {
                restoreFile(entry.getValue(), null);
            } else {
                mergeFile(entry.getKey(), file, entry.getValue());
            }
        }
    }

    /** The first copy is out of date, or gone. What is damaged in the second may still be whole in the first. */
    private void makeAnew() throws IOException {
        for (final Map.Entry<Long, Path> entry : segmentsOf(second).entrySet()) {
            final Path file = entry.getValue();
            final Path twin = first.resolve(file.getFileName());
            if (!isWhole(file) && Files.exists(twin) && isWhole(twin)) {
                copyWhole(files, twin, file);
                filesRestored++;
            }
        }
        for (final Path file : files.list(first)) {
            if (file.toString().endsWith(IndexDescriptor.SUFFIX)) {
                files.delete(file); // speaks of what may not be there any more
            }
        }
        files.createDirectories(first);
        replicate(second, first, true);
    }

    /** The second copy lacks what came last, but a whole segment that is missing or damaged may be there. */
    private void healFromOutdated() throws IOException {
        for (final Map.Entry<Long, Path> entry : segmentsOf(first).entrySet()) {
            final Path twin = second.resolve(entry.getValue().getFileName());
            if (Files.exists(twin) && !isWhole(entry.getValue()) && isSealedOrPacked(twin) && isWhole(twin)) {
                restoreFile(twin, entry.getValue());
            }
        }
    }

    private void restoreFile(final Path from, final Path damaged) throws IOException {
        copyWhole(files, from, first.resolve(from.getFileName()));
        if (damaged != null && !damaged.getFileName().equals(from.getFileName())) {
            files.delete(damaged);
        }
        files.forceDirectory(first);
        filesRestored++;
    }

    private void mergeFile(final long base, final Path file, final Path other) throws IOException {
        final boolean suspect = Files.exists(first.resolve(base + SUSPECT_SUFFIX));
        if (PackedSegmentDescriptor.isPacked(file)) {
            if (!(suspect ? isWhole(file) : hasHeader(file)) && isWhole(other)) {
                restoreFile(other, file);
            }
        } else if (!hasHeader(file)) {
            if (hasHeader(other)) {
                restoreFile(other, file);
            }
        } else if (suspect || !isSealedOrPacked(file) || !isSealedOrPacked(other)) {
            if (!PackedSegmentDescriptor.isPacked(other)) {
                mergeFrames(file, other);
            } else if (!isWhole(file) && isWhole(other)) {
                restoreFile(other, file);
            }
        }
    }

    /** What a use of a mapped segment file gives. */
    @FunctionalInterface
    private interface Use<T> {
        T of(Segment segment) throws IOException;
    }

    private <T> T withSegment(final Path file, final FileChannel.MapMode mode, final T none, final Use<T> use)
        throws IOException {
        final long length = Files.size(file);
        if (length < SegmentDescriptor.HEADER_LENGTH || length > Integer.MAX_VALUE) {
            return none;
        }
        try (FileChannel channel =
            mode == FileChannel.MapMode.READ_ONLY ? files.openRead(file) : files.openReadWrite(file)) {
            final MappedByteBuffer mapping = files.map(channel, mode, 0, length);
            try {
                return SegmentHeader.problem(file, mapping) == null
                    ? use.of(new Segment(file, mapping)) : none;
            } finally {
                files.unmap(mapping);
            }
        }
    }

    /** Whether a file has its length and a header that is intact. */
    private boolean hasHeader(final Path file) throws IOException {
        if (!PackedSegmentDescriptor.isPacked(file)) {
            return withSegment(file, FileChannel.MapMode.READ_ONLY, false, segment -> true);
        }
        try (PackedSegmentReader reader = new PackedSegmentReader(files, file)) {
            return reader.blocks() > 0;
        } catch (final dev.peregrine.core.error.CorruptDataException e) {
            return false;
        }
    }

    /** The headers tell the checksums of the rest, which is not read. */
    private boolean hasSameHeader(final Path file, final Path twin) throws IOException {
        try (PackedSegmentReader one = new PackedSegmentReader(files, file);
            PackedSegmentReader two = new PackedSegmentReader(files, twin)) {
            return one.hasSameHeader(two);
        } catch (final dev.peregrine.core.error.CorruptDataException e) {
            return hasHeader(twin); // what is damaged replaces nothing that is whole
        }
    }

    private boolean isSealedOrPacked(final Path file) throws IOException {
        return PackedSegmentDescriptor.isPacked(file)
            || withSegment(file, FileChannel.MapMode.READ_ONLY, false, Segment::isSealed);
    }

    /** Whether every byte that counts is intact; of a segment that is not sealed only the header is looked at. */
    private boolean isWhole(final Path file) throws IOException {
        if (PackedSegmentDescriptor.isPacked(file)) {
            return PackedSegmentReader.isIntact(files, file);
        }
        return withSegment(file, FileChannel.MapMode.READ_ONLY, false, segment -> {
            checksum.wrap(segment.mapping());
            int offset = segment.isSealed() ? SegmentDescriptor.HEADER_LENGTH : segment.buffer().capacity();
            while (offset < segment.buffer().capacity()) {
                final int length = intactLength(checksum, segment, offset);
                if (length == 0) {
                    return false;
                }
                offset += length;
            }
            return true;
        });
    }

    /** Aligned length of an intact frame; 0 if there is none. */
    private static int intactLength(final FrameChecksum checksum, final Segment segment, final int offset) {
        final int length = segment.buffer().getInt(offset + FrameDescriptor.LENGTH_OFFSET);
        return length > 0 && checksum.isIntact(segment, offset, length)
            ? BitUtil.align(length, FrameDescriptor.ALIGNMENT) : 0;
    }

    /** Frame by frame, up to where neither has one; the second copy has never had anything behind a gap. */
    private void mergeFrames(final Path file, final Path other) throws IOException {
        withSegment(other, FileChannel.MapMode.READ_ONLY, 0L, source ->
            withSegment(file, FileChannel.MapMode.READ_WRITE, 0L, target -> mergeFrames(target, source)));
    }

    private long mergeFrames(final Segment target, final Segment source) throws IOException {
        if (source.id() != target.id() || source.dataLength() != target.dataLength()) {
            return 0;
        }
        checksum.wrap(target.mapping());
        otherChecksum.wrap(source.mapping());
        long restored = 0;
        int offset = SegmentDescriptor.HEADER_LENGTH;
        while (offset < target.buffer().capacity()) {
            int length = intactLength(checksum, target, offset);
            if (length == 0) {
                length = intactLength(otherChecksum, source, offset);
                if (length == 0) {
                    break;
                }
                target.buffer().putBytes(offset, source.buffer(), offset, length);
                restored++;
            }
            offset += length;
        }
        if (restored > 0) {
            files.force(target.mapping(), 0, target.buffer().capacity());
            framesRestored += restored;
        }
        return restored;
    }

    /** Makes one directory like another. */
    private void replicate(final Path from, final Path to, final boolean deep) throws IOException {
        for (final Path file : files.list(from)) {
            if (isOfLog(file) && !isSame(file, to.resolve(file.getFileName()), deep)) {
                final Path target = to.resolve(file.getFileName());
                if (!Files.exists(target) || !file.endsWith(StartMark.FILE_NAME) && !hasHeader(target)) {
                    filesRestored++;
                }
                copyWhole(files, file, target);
            }
        }
        for (final Path file : files.list(to)) {
            if (file.toString().endsWith(BUILDING)
                || isOfLog(file) && !Files.exists(from.resolve(file.getFileName()))) {
                files.delete(file);
            }
        }
        files.forceDirectory(to);
    }

    private static boolean isOfLog(final Path file) {
        final String name = file.getFileName().toString();
        return name.endsWith(SegmentDescriptor.SUFFIX) || PackedSegmentDescriptor.isPacked(file)
            || name.equals(StartMark.FILE_NAME);
    }

    /** The boot id does not count. After a take-over the old writer may have unsealed files open, so they are replaced. */
    private boolean isSame(final Path file, final Path twin, final boolean deep) throws IOException {
        if (!Files.exists(twin) || Files.size(file) != Files.size(twin)) {
            return false;
        }
        final long all = Files.size(file);
        if (file.endsWith(StartMark.FILE_NAME)) {
            return isSame(file, twin, 0, all);
        }
        if (PackedSegmentDescriptor.isPacked(file)) {
            return deep ? isSame(file, twin, 0, all) : hasSameHeader(file, twin);
        }
        final boolean sealed = isSealedOrPacked(file);
        return (sealed || !files.fence().isTakeOver()) && isSame(file, twin, 0, SegmentDescriptor.BOOT_ID_OFFSET)
            && (sealed && !deep || isSame(file, twin, SegmentDescriptor.HEADER_LENGTH, all));
    }

    private boolean isSame(final Path file, final Path twin, final long from, final long to) throws IOException {
        final ByteBuffer one = ByteBuffer.allocate(BLOCK);
        final ByteBuffer two = ByteBuffer.allocate(BLOCK);
        try (FileChannel channel = files.openRead(file); FileChannel other = files.openRead(twin)) {
            for (long at = from; at < to; at += BLOCK) {
                final int length = (int) Math.min(BLOCK, to - at);
                if (!fill(channel, one.clear().limit(length), at) || !fill(other, two.clear().limit(length), at)
                    || !one.flip().equals(two.flip())) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean fill(final FileChannel channel, final ByteBuffer block, final long at) throws IOException {
        while (block.hasRemaining()) {
            if (channel.read(block, at + block.position()) < 0) {
                return false;
            }
        }
        return true;
    }

    private TreeMap<Long, Path> segmentsOf(final Path directory) throws IOException {
        final TreeMap<Long, Path> found = new TreeMap<>();
        for (final Path file : files.list(directory)) { // a compressed segment comes behind the other of its base
            final String name = file.getFileName().toString();
            if (name.endsWith(SegmentDescriptor.SUFFIX) || PackedSegmentDescriptor.isPacked(file)) {
                found.put(baseOf(name), file);
            }
        }
        return found;
    }

    private static long baseOf(final String name) {
        return Long.parseLong(name.substring(0, name.indexOf('.')));
    }

    /** Deletes the segments of a copy that lie before a position. */
    static void deleteBefore(final PartitionConfig config, final Path directory, final long position)
        throws IOException {
        for (final Path file : config.files().list(directory)) {
            final String name = file.getFileName().toString();
            if ((name.endsWith(SegmentDescriptor.SUFFIX) || PackedSegmentDescriptor.isPacked(file))
                && baseOf(name) < position) {
                config.files().delete(file);
            }
        }
    }

    /** Puts a copy of a file into a place, whole and on the disk before it has its name. */
    static void copyWhole(final FilesFacade files, final Path from, final Path to) throws IOException {
        final Path building = to.resolveSibling(to.getFileName() + BUILDING);
        Uninterrupted.run(() -> {
            files.delete(building);
            PartitionBackup.copy(files, from, building);
            return null;
        });
        files.rename(building, to);
    }
}
