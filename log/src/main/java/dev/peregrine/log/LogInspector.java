/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.log.IndexDescriptor.Entry;
import dev.peregrine.log.InspectionReport.Defect;
import dev.peregrine.log.InspectionReport.Producer;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;

/**
 * Reads the files of one partition from end to end and says what is there and what is damaged. It changes nothing and
 * takes no lock, so it also works beside the process that writes; behind damage it goes on at the next intact frame.
 * Used by one thread, once.
 */
public final class LogInspector {
    private static final String INDEX_WAY_OUT = "; delete the file or repair the log, it is made again";

    private final FilesFacade files;
    private final Path directory;
    private final FrameHandler handler;
    private final Frame frame = new Frame();
    private final FrameChecksum checksum = new FrameChecksum();
    private final List<Defect> defects = new ArrayList<>();
    private final TreeMap<Long, Producer> producers = new TreeMap<>();

    private int segments;
    private int packedSegments;
    private int tornFiles;
    private long fileBytes;
    private long startPosition = -1;
    private long expectedBase = -1;
    private long endPosition;
    private long startOffset;
    private long records;
    private long compactedRecords;
    private long fragments;
    private boolean ended;
    private long payloadBytes;
    private long controlFrames;
    private long paddingFrames;
    private long lowestTimestampNs = Long.MAX_VALUE;
    private long highestTimestampNs = Long.MIN_VALUE;
    private long highestBefore = IndexDescriptor.NO_TIMESTAMP;
    private long highestTransactionId = FrameExtension.NO_TRANSACTION_ID;
    private Entry mark = StartMark.NONE;
    private int openClaims;
    private boolean gapOpen;
    /** Numbers are known up to the first damage or open claim. */
    private boolean numbered = true;

    private LogInspector(final FilesFacade files, final Path directory, final FrameHandler handler) {
        this.files = files;
        this.directory = directory;
        this.handler = handler;
    }

    /** Whether a directory holds segments. */
    public static boolean isPartition(final FilesFacade files, final Path directory) {
        try {
            return files.list(directory).stream().anyMatch(LogInspector::isSegment);
        } catch (final IOException e) {
            throw new StorageException("cannot read " + directory + ": " + e.getMessage(), e);
        }
    }

    /**
     * Reads a partition.
     *
     * @param handler takes every intact frame but padding, control frames too, in the order of the log; their numbers
     *     are those of the index up to the first damage, and negative behind it.
     * @throws StorageException if files cannot be read. Damage is no exception here: it is in the report.
     */
    public static InspectionReport inspect(final FilesFacade files, final Path directory, final FrameHandler handler) {
        final ReaderPresence presence = ReaderPresence.enter(directory); // a writer may be at work
        try {
            return new LogInspector(files, directory, handler).inspect();
        } catch (final IOException e) {
            throw new StorageException("cannot read " + directory + ": " + e.getMessage(), e);
        } finally {
            if (presence != null) {
                presence.leave();
            }
        }
    }

    private static boolean isSegment(final Path file) {
        final String name = file.getFileName().toString();
        return name.endsWith(SegmentDescriptor.SUFFIX) || PackedSegmentDescriptor.isPacked(file);
    }

    private InspectionReport inspect() throws IOException {
        final List<Path> found = new ArrayList<>();
        for (final Path file : files.list(directory)) {
            tornFiles += file.getFileName().toString().endsWith(SegmentDescriptor.TORN_SUFFIX) ? 1 : 0;
            if (isSegment(file)) {
                found.add(file);
            }
            fileBytes += sizeOf(file);
        }
        checkMark(found);
        final Defect counters = PartitionCounters.defect(files, directory);
        if (counters != null) {
            defects.add(counters);
        }
        for (final Path file : found) {
            if (PackedSegmentDescriptor.isPacked(file) && found.contains(
                directory.resolve(SegmentDescriptor.fileName(baseOf(file))))) {
                continue; // it was just being made
            }
            try {
                inspectSegment(file);
            } catch (final NoSuchFileException e) {
                if (segments > 0) {
                    throw e; // else the writer has truncated it meanwhile
                }
            }
        }
        return new InspectionReport(directory, segments, packedSegments, fileBytes, Math.max(startPosition, 0),
            endPosition, startOffset, records, compactedRecords, fragments, payloadBytes, controlFrames,
            paddingFrames, lowestTimestampNs, highestTimestampNs, highestTransactionId, ended, openClaims, tornFiles,
            Collections.unmodifiableMap(producers), List.copyOf(defects));
    }

    private static long sizeOf(final Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (final NoSuchFileException e) {
            return 0; // the writer has renamed or deleted it since it was listed
        }
    }

    /** Where the log begins: what a truncation has noted, of which the next start deletes what lies before. */
    private void checkMark(final List<Path> found) throws IOException {
        mark = StartMark.read(directory);
        final Path file = directory.resolve(StartMark.FILE_NAME);
        if (mark == null) {
            defect(file, 0, -1, "the note of where the log begins fails its checksum: its numbers are not known");
            numbered = false;
            mark = Entry.place(found.isEmpty() ? 0 : baseOf(found.get(0)), 0);
        }
        final long start = mark.position();
        found.removeIf(segment -> baseOf(segment) < start && found.stream().anyMatch(of -> baseOf(of) == start));
        if (!found.isEmpty() && baseOf(found.get(0)) != start) {
            defect(file, 0, start, "the segment at position " + start + " is missing");
            numbered = false;
        }
    }

    private static long baseOf(final Path segment) {
        final String name = segment.getFileName().toString();
        try {
            return Long.parseLong(name.substring(0, name.indexOf('.')));
        } catch (final NumberFormatException e) {
            return -1; // its header says that it is not what its name says
        }
    }

    private void inspectPacked(final Path file) throws IOException {
        segments++;
        packedSegments++;
        final Segment segment;
        try (PackedSegmentReader reader = new PackedSegmentReader(files, file)) {
            segment = UnpackedSegments.unpack(files, file, baseOf(file), reader.dataLength(), 0);
        } catch (final PeregrineException e) {
            defect(file, 0, baseOf(file), e.getMessage());
            numbered = false;
            return;
        }
        try {
            walk(segment);
        } finally {
            BufferUtil.free(segment.mapping());
        }
    }

    private void inspectSegment(final Path file) throws IOException {
        if (PackedSegmentDescriptor.isPacked(file)) {
            inspectPacked(file);
            return;
        }
        final MappedByteBuffer mapping;
        try (FileChannel channel = files.openRead(file)) {
            final long length = channel.size();
            segments++;
            if (length < SegmentDescriptor.HEADER_LENGTH || length > SegmentDescriptor.MAX_FILE_LENGTH) {
                defect(file, 0, -1, length < SegmentDescriptor.HEADER_LENGTH ? "the file is shorter than a header"
                    : "the file is " + length + " bytes long, and no segment is");
                return;
            }
            mapping = files.map(channel, FileChannel.MapMode.READ_ONLY, 0, length);
        }
        try {
            final String problem = SegmentHeader.problem(file, mapping);
            if (problem != null) {
                defect(file, 0, -1, problem);
                return;
            }
            walk(new Segment(file, mapping));
        } finally {
            files.unmap(mapping);
        }
    }

    private void walk(final Segment segment) {
        if (expectedBase >= 0 && segment.basePosition() != expectedBase) {
            defect(segment.file(), 0, expectedBase, "the segment at position " + expectedBase + " is missing");
        }
        expectedBase = segment.endPosition();
        if (startPosition < 0) {
            startPosition = segment.basePosition();
            endPosition = startPosition;
            startOffset = mark.offset();
            highestBefore = mark.highestTimestampNs();
            highestTransactionId = mark.highestTransactionId();
        }
        // before the frames: what it speaks of is committed, then and now
        final IndexCheck index = new IndexCheck(segment);
        checksum.wrap(segment.mapping());
        final int capacity = segment.buffer().capacity();
        int offset = SegmentDescriptor.HEADER_LENGTH;
        int zerosFrom = offset;
        boolean inDamage = false;
        while (offset < capacity) {
            final int length = segment.buffer().getIntAcquire(offset + FrameDescriptor.LENGTH_OFFSET);
            if (length > 0 && checksum.isIntact(segment, offset, length)) {
                inDamage = false;
                closeGap();
                index.checkBefore(segment.positionAt(offset));
                onFrame(segment, offset, length);
                offset += BitUtil.align(length, FrameDescriptor.ALIGNMENT);
                zerosFrom = offset;
                continue;
            }
            final boolean blank = length < 0 || isBlank(segment, offset);
            final int written = blank || inDamage ? offset : firstWritten(segment, zerosFrom, offset);
            if (written < offset) {
                offset = written; // a publisher has claimed or filled meanwhile what was zero
                zerosFrom = offset;
                continue;
            }
            if (!blank && !inDamage) {
                inDamage = true;
                numbered = false;
                defect(segment.file(), offset, segment.positionAt(offset), "the frame fails its checksum");
            }
            gapOpen |= blank && !inDamage;
            final boolean claimed = length < 0 && !inDamage && length > -(capacity - offset);
            offset += claimed ? BitUtil.align(-length, FrameDescriptor.ALIGNMENT) : FrameDescriptor.ALIGNMENT;
            zerosFrom = claimed ? offset : zerosFrom;
        }
        index.finish();
    }

    private static int firstWritten(final Segment segment, final int from, final int to) {
        int offset = from;
        while (offset < to && isBlank(segment, offset)) {
            offset += FrameDescriptor.ALIGNMENT;
        }
        return offset;
    }

    private static boolean isBlank(final Segment segment, final int offset) {
        return segment.buffer().getLong(offset) == 0 && segment.buffer().getLong(offset + Long.BYTES) == 0;
    }

    /** Something intact lies behind a gap. */
    private void closeGap() {
        if (gapOpen) {
            openClaims++;
            numbered = false;
            gapOpen = false;
        }
    }

    private void onFrame(final Segment segment, final int offset, final int length) {
        final long position = segment.positionAt(offset);
        frame.wrap(segment.buffer(), offset, length, position, numbered ? startOffset + records : -1);
        endPosition = frame.endPosition();
        final byte flags = frame.flags();
        ended = false;
        if ((flags & FrameDescriptor.FLAG_PADDING) != 0) {
            paddingFrames++;
            if (FrameDescriptor.countsAsRecord(flags)) {
                compactedRecords++;
                records++;
            }
            return;
        }
        handler.onFrame(frame);
        if ((flags & FrameDescriptor.FLAG_CONTROL) != 0) {
            controlFrames++;
            ended = StreamEnd.is(frame);
            return;
        }
        fragments += (flags & FrameDescriptor.FLAG_FRAGMENT) == 0 ? 0 : 1;
        if (!FrameDescriptor.countsAsRecord(flags)) {
            payloadBytes += frame.payloadLength();
            return;
        }
        records++;
        highestTransactionId = Math.max(highestTransactionId, frame.transactionId());
        payloadBytes += frame.payloadLength();
        lowestTimestampNs = Math.min(lowestTimestampNs, frame.timestampNs());
        highestTimestampNs = Math.max(highestTimestampNs, frame.timestampNs());
        highestBefore = Math.max(highestBefore, frame.timestampNs());
        final long sequence = frame.sequence();
        producers.merge(frame.producerId(), new Producer(1, sequence), (had, one) ->
            new Producer(had.records() + 1, Math.max(had.highestSequence(), one.highestSequence())));
    }

    private void defect(final Path file, final long fileOffset, final long position, final String problem) {
        defects.add(new Defect(file, fileOffset, position, problem));
    }

    /** Compares a segment's index with the frames as they are walked. */
    private final class IndexCheck {
        private final Path file;
        private final List<Entry> entries = new ArrayList<>();
        private int next;

        IndexCheck(final Segment segment) {
            file = directory.resolve(IndexDescriptor.fileName(segment.basePosition()));
            if (!IndexFile.isBegun(file)) {
                return; // it is made when it is needed, or just now
            }
            try (IndexFile index = IndexFile.open(files, file, segment.id(), segment.basePosition(), false)) {
                if (index == null) {
                    defect(file, 0, segment.basePosition(), "the index has no intact beginning"
                        + INDEX_WAY_OUT);
                    return;
                }
                for (long i = 0; i < index.entries(); i++) {
                    final Entry entry = index.read(i);
                    if (entry == null) {
                        bad(i, segment.basePosition(), "fails its checksum");
                        return;
                    }
                    entries.add(entry);
                }
            }
        }

        /** A frame starts here: entries up to it must name it, and count what was before it. */
        void checkBefore(final long position) {
            while (numbered && next < entries.size() && entries.get(next).position() <= position) {
                final Entry entry = entries.get(next);
                if (entry.position() != position || entry.offset() != startOffset + records
                    || isWrong(entry.highestTimestampNs(), highestBefore)
                    || isWrong(entry.highestTransactionId(), highestTransactionId)) {
                    bad(next, entry.position(), "is not what the log says");
                }
                next++;
            }
        }

        /** What compaction took may have been higher than all that is left. */
        private boolean isWrong(final long said, final long found) {
            return compactedRecords > 0 ? said < found : said != found;
        }

        void finish() {
            if (numbered && next < entries.size() && (next > 0 || entries.size() > 1)) {
                bad(next, entries.get(next).position(), "is behind the end of the log");
            }
        }

        private void bad(final long entry, final long position, final String problem) {
            defect(file, IndexDescriptor.entryAt(entry), position, "the index entry " + problem
                + INDEX_WAY_OUT);
        }
    }
}
