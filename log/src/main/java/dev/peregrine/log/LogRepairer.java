/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.log.IndexDescriptor.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.agrona.BitUtil;

/**
 * Makes a damaged partition fit to be opened, when there is no copy to restore. Nobody may have it open. What it takes out
 * of the log it keeps in {@code .torn} files beside it, written before anything is changed; what is intact it leaves as it
 * is, so that it may be run again. Indexes and counters of a partition that was changed are deleted, and those that are
 * damaged: the next start makes them again.
 *
 * <p>A part that fails its checksum counts as damage only with intact frames behind it, or if it is more than what a dying
 * writer leaves; the end that a kill or a power cut leaves is mended by every start. Used by one thread, once.
 */
public final class LogRepairer {
    /** What becomes of a damaged part. */
    public enum Mode {
        /** The log ends before the first damage, and everything behind it is taken out. */
        CUT,
        /** Each damaged part becomes padding; what is behind it stays, with numbers that do not count what was lost. */
        SEAL
    }

    private final FilesFacade files;
    private final Path directory;
    private final Mode mode;
    private final FrameChecksum checksum = new FrameChecksum();
    private final List<String> actions = new ArrayList<>();
    private final TreeMap<Long, Path> segments = new TreeMap<>();
    private boolean changing;

    private LogRepairer(final FilesFacade files, final Path directory, final Mode mode) {
        this.files = files;
        this.directory = directory;
        this.mode = mode;
    }

    /**
     * Repairs one partition.
     *
     * @return what was done, one line each, naming file and position; empty if there was nothing to do.
     * @throws StorageException if files cannot be read or written.
     */
    public static List<String> repair(final FilesFacade files, final Path directory, final Mode mode) {
        try {
            return new LogRepairer(files, directory, mode).repair();
        } catch (final IOException e) {
            throw new StorageException("cannot repair " + directory + ": " + e.getMessage(), e);
        }
    }

    private List<String> repair() throws IOException {
        for (final Path file : files.list(directory)) {
            final String name = file.getFileName().toString();
            if (name.endsWith(SegmentDescriptor.SUFFIX) || name.endsWith(PackedSegmentDescriptor.SUFFIX)) {
                final long base = Long.parseLong(name.substring(0, name.indexOf('.')));
                if (segments.putIfAbsent(base, file) != null) {
                    segments.put(base, files.list(directory).stream()
                        .filter(other -> other.endsWith(SegmentDescriptor.fileName(base))).findFirst().orElseThrow());
                }
            }
        }
        if (segments.isEmpty()) {
            return actions;
        }
        repairMark();
        final long length = segmentLength();
        final long first = segments.firstKey();
        long expected = first;
        for (final Map.Entry<Long, Path> entry : List.copyOf(segments.entrySet())) {
            if (entry.getKey() != expected) {
                actions.add("the segment at position " + expected + " is missing");
                if (mode == Mode.CUT) {
                    setAside(entry.getKey());
                    break;
                }
                while (expected < entry.getKey()) {
                    replaceByPadding(expected, length);
                    expected += length;
                }
            }
            if (!repairSegment(entry.getKey(), entry.getValue(), length)) {
                break;
            }
            expected = entry.getKey() + length;
        }
        if (segments.isEmpty()) {
            makeSegment(first, length, false); // the log goes on where it began
        }
        if (actions.isEmpty()) {
            deleteWhatIsMadeAgain();
        }
        if (!actions.isEmpty()) {
            files.forceDirectory(directory);
        }
        return List.copyOf(actions);
    }

    /** What the log's segments say, or else the size of the first. */
    private long segmentLength() throws IOException {
        for (final Path file : segments.values()) {
            if (!PackedSegmentDescriptor.isPacked(file) && isMappable(file)) {
                final MappedByteBuffer mapping = map(file);
                final String problem = SegmentHeader.problem(file, mapping);
                final long length = (long) mapping.capacity() - SegmentDescriptor.HEADER_LENGTH;
                files.unmap(mapping);
                if (problem == null) {
                    return length;
                }
            }
        }
        final long data = Files.size(segments.firstEntry().getValue()) - SegmentDescriptor.HEADER_LENGTH;
        return Long.highestOneBit(
            Math.min(Math.max(data, PartitionConfig.MIN_SEGMENT_LENGTH), PartitionConfig.MAX_SEGMENT_LENGTH));
    }

    private static boolean isMappable(final Path file) throws IOException {
        return Files.size(file) > SegmentDescriptor.HEADER_LENGTH
            && Files.size(file) <= SegmentDescriptor.MAX_FILE_LENGTH;
    }

    /** The first index tells the first number too. */
    private void repairMark() throws IOException {
        final Entry mark = StartMark.read(directory);
        final long first = segments.firstKey();
        if (mark != null && mark.position() == first || mark != null && segments.containsKey(mark.position())) {
            return; // what lies before it is deleted by the next start
        }
        final byte[] id = new byte[Long.BYTES];
        final Path index = directory.resolve(IndexDescriptor.fileName(first));
        Entry found = null;
        if (Files.exists(index)) {
            final byte[] header = new byte[IndexDescriptor.FIRST_ENTRY_END];
            try (FileChannel channel = files.openRead(index)) {
                channel.read(ByteBuffer.wrap(header), 0);
            }
            System.arraycopy(header, 16, id, 0, id.length);
            final long segmentId = ByteBuffer.wrap(id).order(ByteOrder.LITTLE_ENDIAN).getLong();
            try (IndexFile file = IndexFile.open(files, index, segmentId, first, false)) {
                found = file == null ? null : file.read(0);
            }
        }
        keep(directory.resolve(StartMark.FILE_NAME), first);
        if (found == null) {
            beforeChange();
        }
        StartMark.write(files, directory, found != null ? found : Entry.place(first, 0));
        actions.add(StartMark.FILE_NAME + ": the log begins at position " + first + " with record number "
            + (found != null ? found.offset() : "0: the true one is lost"));
    }

    private void keep(final Path file, final long position) throws IOException {
        if (Files.exists(file)) {
            files.writeAtomically(torn(position), Files.readAllBytes(file));
        }
    }

    private Path torn(final long position) {
        Path file = directory.resolve(String.format("%020d%s", position, SegmentDescriptor.TORN_SUFFIX));
        for (int i = 2; Files.exists(file); i++) {
            file = directory.resolve(String.format("%020d-%d%s", position, i, SegmentDescriptor.TORN_SUFFIX));
        }
        return file;
    }

    /** Whether the log goes on behind it. */
    private boolean repairSegment(final long base, final Path file, final long length) throws IOException {
        if (PackedSegmentDescriptor.isPacked(file)) {
            return PackedSegmentReader.isIntact(files, file)
                || giveUp(base, length, file + " (position " + base + "): the compressed segment fails its checksum");
        }
        if (Files.size(file) != SegmentDescriptor.HEADER_LENGTH + length) {
            return giveUp(base, length, file + " (position " + base + "): the segment has not its length");
        }
        final MappedByteBuffer mapping = map(file);
        try {
            final String problem = SegmentHeader.problem(file, mapping);
            if (problem == null) {
                final Segment segment = new Segment(file, mapping);
                checksum.wrap(mapping);
                return repairFrames(segment);
            }
        } finally {
            files.unmap(mapping);
        }
        return giveUp(base, length, file + " (position " + base + "): the header of the segment is damaged");
    }

    private boolean giveUp(final long base, final long length, final String why) throws IOException {
        actions.add(why);
        if (mode == Mode.CUT) {
            setAside(base);
            return false;
        }
        final Path damaged = segments.get(base);
        keep(damaged, base);
        replaceByPadding(base, length);
        if (PackedSegmentDescriptor.isPacked(damaged)) {
            files.delete(damaged);
        }
        return true;
    }

    private boolean repairFrames(final Segment segment) throws IOException {
        final int capacity = segment.buffer().capacity();
        int offset = SegmentDescriptor.HEADER_LENGTH;
        while (offset < capacity) {
            final int length = segment.buffer().getInt(offset + FrameDescriptor.LENGTH_OFFSET);
            if (length > 0 && checksum.isIntact(segment, offset, length)) {
                offset += BitUtil.align(length, FrameDescriptor.ALIGNMENT);
                continue;
            }
            final int next = nextIntact(segment, offset);
            final boolean last = next == capacity && !framesBehind(segment.basePosition());
            final boolean hole = SegmentRecovery.endOfHole(segment, offset) >= next;
            if (hole && (last || mode == Mode.CUT)) {
                offset = next; // a claim that was never committed: the next start seals it, or ends the log there
                continue;
            }
            takeOut(segment, offset, next);
            if (mode == Mode.CUT || last) {
                cut(segment, offset);
                return false;
            }
            beforeChange();
            final long position = segment.positionAt(offset);
            segment.pad(position, next - offset);
            files.force(segment.mapping(), offset, next - offset);
            actions.add(segment.file() + ": " + (next - offset) + " bytes at position " + position
                + " are padding now");
            offset = next;
        }
        return true;
    }

    private int nextIntact(final Segment segment, final int from) {
        final int capacity = segment.buffer().capacity();
        for (int offset = from + FrameDescriptor.ALIGNMENT; offset < capacity; offset += FrameDescriptor.ALIGNMENT) {
            final int length = segment.buffer().getInt(offset + FrameDescriptor.LENGTH_OFFSET);
            if (length > 0 && checksum.isIntact(segment, offset, length)) {
                return offset;
            }
        }
        return capacity;
    }

    private boolean framesBehind(final long base) throws IOException {
        for (final Path file : segments.tailMap(base, false).values()) {
            if (PackedSegmentDescriptor.isPacked(file) || anythingIn(file)) {
                return true;
            }
        }
        return false;
    }

    private boolean anythingIn(final Path file) throws IOException {
        if (!isMappable(file)) {
            return Files.size(file) > SegmentDescriptor.MAX_FILE_LENGTH;
        }
        final MappedByteBuffer mapping = map(file);
        try {
            return mapping.getInt(SegmentDescriptor.HEADER_LENGTH) != 0;
        } finally {
            files.unmap(mapping);
        }
    }

    private void takeOut(final Segment segment, final int from, final int to) throws IOException {
        final byte[] bytes = new byte[(mode == Mode.CUT ? segment.buffer().capacity() : to) - from];
        segment.buffer().getBytes(from, bytes);
        files.writeAtomically(torn(segment.positionAt(from)), bytes);
    }

    private void cut(final Segment segment, final int offset) throws IOException {
        beforeChange();
        actions.add(segment.file() + ": the log ends at position " + segment.positionAt(offset) + " now");
        setAside(segment.endPosition()); // first: with them behind it what is cleared would look like a hole
        files.forceDirectory(directory);
        segment.unseal();
        segment.buffer().setMemory(offset, segment.buffer().capacity() - offset, (byte) 0);
        files.force(segment.mapping(), 0, segment.buffer().capacity());
    }

    /** Renames every segment from a position on. */
    private void setAside(final long from) throws IOException {
        beforeChange();
        for (final Map.Entry<Long, Path> entry : segments.tailMap(from).entrySet()) {
            final Path torn = torn(entry.getKey());
            files.rename(entry.getValue(), torn);
            actions.add(entry.getValue() + " is " + torn.getFileName() + " now");
        }
        segments.tailMap(from).clear();
    }

    private void replaceByPadding(final long base, final long length) throws IOException {
        beforeChange();
        actions.add(makeSegment(base, length, true) + ": a segment of padding stands at position " + base);
    }

    private Path makeSegment(final long base, final long length, final boolean padded) throws IOException {
        final Path file = directory.resolve(SegmentDescriptor.fileName(base));
        final Path building = file.resolveSibling(file.getFileName() + ".new");
        files.allocate(building, SegmentDescriptor.HEADER_LENGTH + length);
        final MappedByteBuffer mapping = map(building);
        SegmentHeader.write(
            mapping, (int) length, base, new SecureRandom().nextLong(), BootId.current());
        if (padded) {
            final Segment segment = new Segment(file, mapping);
            segment.pad(base, (int) length);
            segment.seal();
        }
        files.force(mapping, 0, mapping.capacity());
        files.unmap(mapping);
        files.rename(building, file);
        return file;
    }

    private MappedByteBuffer map(final Path file) throws IOException {
        try (FileChannel channel = files.openReadWrite(file)) {
            return files.map(channel, FileChannel.MapMode.READ_WRITE, 0, channel.size());
        }
    }

    /** Whoever looks something up makes them again; until then they would count as defects. */
    private void deleteWhatIsMadeAgain() throws IOException {
        final Set<Path> damaged = new TreeSet<>();
        for (final InspectionReport.Defect defect : LogInspector.inspect(files, directory, frame -> { }).defects()) {
            if (defect.file().toString().endsWith(IndexDescriptor.SUFFIX)) {
                damaged.add(defect.file());
            } else if (defect.file().endsWith(CountersDescriptor.FILE)) {
                PartitionCounters.delete(files, directory);
                actions.add(defect.file() + ": the damaged counters are deleted; the next writer makes them again");
            }
        }
        for (final Path file : damaged) {
            files.delete(file);
            actions.add(file + ": the damaged index is deleted; it is made again from the log");
        }
    }

    /**
     * Deletes indexes and counters, which will not be true any more: if this dies then, who repairs what is left need not
     * know.
     */
    private void beforeChange() throws IOException {
        if (changing) {
            return;
        }
        for (final Path file : files.list(directory)) {
            if (file.getFileName().toString().endsWith(IndexDescriptor.SUFFIX)) {
                files.delete(file);
            }
        }
        PartitionCounters.delete(files, directory);
        files.forceDirectory(directory);
        changing = true;
    }
}
