/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.ClosedException;
import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.error.FencedException;
import dev.peregrine.core.error.FormatException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.log.IndexDescriptor.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The segment files of a partition: creates, maps, hands out, replaces and deletes
 * them. Thread-safe; every method is cold,
 * called at most once per segment by each publisher or reader.
 */
final class SegmentDirectory implements Segments {
    private final PartitionConfig config;
    private final long bootId = BootId.current();
    /** Files that exist, by base position; guarded by this. */
    private final TreeMap<Long, Path> files = new TreeMap<>();
    /** Those of them that are mapped; guarded by this. */
    private final TreeMap<Long, Segment> mapped = new TreeMap<>();
    /** Where the first segment goes if there is none; guarded by this. */
    private long emptyBase;
    private long setAsideBytes;
    /** Number of compressed files; guarded by this. */
    private int packed;
    /** Bytes of compressed files; guarded by this. */
    private long packedBytes;
    private boolean closed;
    /** Guarded by this. */
    private final SpareSegments spares;
    /** First position and number that are kept; guarded by this. */
    private Entry startMark;
    /** Null where there is one copy. */
    private final MirrorRecovery mirrorRecovery;
    /** Null where there is one copy, and until recovery is over. */
    private volatile Mirror mirror;

    SegmentDirectory(final PartitionConfig config) {
        this.config = config;
        this.spares = new SpareSegments(config);
        this.mirrorRecovery = config.mirror() == null ? null : new MirrorRecovery(config);
        try {
            config.files().createDirectories(config.directory());
            if (config.files().fence().isTakeOver()) {
                SegmentTakeOver.run(config);
            }
            if (mirrorRecovery == null) {
                CopyMark.raiseIfThere(config.files(), config.directory());
            } else {
                mirrorRecovery.restore();
            }
            for (final Path file : config.files().list(config.directory())) {
                final String name = file.getFileName().toString();
                if (name.endsWith(SegmentDescriptor.NEW_SUFFIX) || name.endsWith(PackedSegmentDescriptor.NEW_SUFFIX)
                    || name.endsWith(SegmentDescriptor.SPARE_ENDING)) {
                    config.files().delete(file); // was being made, or spare, when its process died
                } else if (name.endsWith(SegmentDescriptor.SUFFIX)) {
                    files.put(parseBase(file, name, SegmentDescriptor.SUFFIX), file);
                } else if (name.endsWith(PackedSegmentDescriptor.SUFFIX)) {
                    addPacked(parseBase(file, name, PackedSegmentDescriptor.SUFFIX), file); // sorted behind the other
                }
            }
            finishTruncation(); // first: of files before the beginning even the header may belong to a later segment
            setAsideUnwritten();
            ReaderPresence.prepare(config.files(), config.directory());
        } catch (final IOException e) {
            throw new StorageException("cannot open log directory " + config.directory() + ": " + e.getMessage(), e);
        }
        checkContiguous();
    }

    /** Makes the second copy, if there is to be one, like the first, which has been recovered. */
    void startMirror() {
        mirror = mirrorRecovery == null ? null : mirrorRecovery.finish();
    }

    /** Null where there is one copy. */
    Mirror mirror() {
        return mirror;
    }

    long framesRestored() {
        return mirrorRecovery == null ? 0 : mirrorRecovery.framesRestored();
    }

    int filesRestored() {
        return mirrorRecovery == null ? 0 : mirrorRecovery.filesRestored();
    }

    /** A segment is damaged. */
    void suspect(final long base) {
        if (mirror != null) {
            mirror.suspect(base);
        }
    }

    /** Deletes what a stop in the middle of a truncation left, before anybody reads it. */
    private void finishTruncation() throws IOException {
        startMark = StartMark.read(config.directory());
        if (startMark == null) {
            throw new CorruptDataException("file " + config.directory().resolve(StartMark.FILE_NAME) + " of log "
                + config.name() + " (position " + (files.isEmpty() ? emptyBase : files.firstKey())
                + ") fails its checksum: restore it from a copy");
        }
        final long start = startMark.position();
        if (files.isEmpty() && emptyBase == start) {
            return;
        }
        if (!files.containsKey(start)) {
            throw missing(start);
        }
        deleteBefore(start);
    }

    private CorruptDataException missing(final long base) {
        return new CorruptDataException("log " + config.name() + " misses the segment at position " + base
            + " in " + config.directory() + ": restore the file, or move the directory away");
    }

    /** Where the segment is there too, its process died before it could delete it. */
    private void addPacked(final long base, final Path file) throws IOException {
        final Path segment = files.get(base);
        if (segment != null) {
            if (!PackedSegmentReader.isIntact(config.files(), file)) {
                config.files().delete(file);
                return;
            }
            config.files().delete(segment);
        }
        files.put(base, file);
        packedBytes += Files.size(file);
        packed++;
    }

    private static long parseBase(final Path file, final String name, final String suffix) {
        try {
            return Long.parseLong(name.substring(0, name.length() - suffix.length()));
        } catch (final NumberFormatException e) {
            throw new FormatException("file " + file + " does not belong to a log: move it away", e);
        }
    }

    /**
     * Under {@link Durability#OS} a header is not forced, so a power cut may leave a segment without its own. Nothing in it
     * or behind it can be trusted: these files are renamed to {@code .torn}.
     */
    private void setAsideUnwritten() throws IOException {
        if (config.durability() != Durability.OS) {
            return;
        }
        Long first = null;
        for (final Map.Entry<Long, Path> entry : files.entrySet()) {
            if (PackedSegmentDescriptor.isPacked(entry.getValue())) {
                continue; // was forced before it had its name
            }
            final ByteBuffer page = ByteBuffer.allocate(SegmentDescriptor.HEADER_LENGTH);
            try (FileChannel channel = config.files().openRead(entry.getValue())) {
                channel.read(page, 0);
            }
            final SegmentHeader header = new SegmentHeader(page);
            if (first == null && header.isUnwritten(entry.getKey(), bootId)) {
                first = entry.getKey();
            } else if (header.bootId() == bootId) {
                return; // no power cut: whoever maps an unwritten one refuses it as damaged
            }
        }
        if (first != null) {
            setAside(first);
        }
    }

    private void setAside(final long from) throws IOException {
        emptyBase = from;
        for (final Map.Entry<Long, Path> entry : List.copyOf(files.tailMap(from).entrySet())) {
            setAsideBytes += Files.size(entry.getValue());
            config.files().rename(entry.getValue(), tornFile(entry.getKey()));
            files.remove(entry.getKey());
        }
        config.files().forceDirectory(config.directory());
    }

    private Path tornFile(final long position) {
        return config.directory().resolve(String.format("%020d%s", position, SegmentDescriptor.TORN_SUFFIX));
    }

    long setAsideFrom() {
        return emptyBase;
    }

    /** Bytes of the files that were set aside; 0 if there were none. */
    long setAsideBytes() {
        return setAsideBytes;
    }

    private void checkContiguous() {
        Long expected = null;
        for (final Long base : files.keySet()) {
            if (expected != null && !expected.equals(base)) {
                throw missing(expected);
            }
            expected = base + config.segmentLength();
        }
    }

    /** Base positions of all files, ascending. */
    @Override
    public synchronized List<Long> bases() {
        return new ArrayList<>(files.keySet());
    }

    @Override
    public synchronized long firstBase() {
        return files.isEmpty() ? emptyBase : Math.max(files.firstKey(), startMark.position());
    }

    /** Position of the last file, or where the first one goes. */
    synchronized long lastBase() {
        return files.isEmpty() ? emptyBase : files.lastKey();
    }

    /** First position and number that are kept. */
    @Override
    public synchronized Entry startMark() {
        return startMark;
    }

    /** End of the space that is allocated. */
    synchronized long allocatedEnd() {
        return files.isEmpty() ? emptyBase : files.lastKey() + config.segmentLength();
    }

    long baseOf(final long position) {
        return position & -(long) config.segmentLength();
    }

    /** The segment of a position, retained for the caller; null where no file holds it. */
    @Override
    public Segment acquire(final long position) {
        final long base = baseOf(position);
        while (true) {
            final Path file;
            synchronized (this) {
                file = files.get(base);
                final Segment segment = acquireMapped(base, file);
                if (segment != null || file == null) {
                    return segment;
                }
            }
            try {
                return config.storage().unpacked()
                    .acquire(config.files(), file, base, config.segmentLength(), bootId); // without the lock: slow
            } catch (final CorruptDataException e) {
                suspect(base);
                throw e;
            } catch (final IOException e) {
                if (isFile(base, file)) {
                    throw new StorageException("cannot read compressed segment " + file + ": " + e.getMessage(), e);
                }
            }
        }
    }

    /** The segment of a base position if it is mapped, or can be; null if it is compressed or there is none. */
    private Segment acquireMapped(final long base, final Path file) {
        if (closed) {
            throw new ClosedException("log " + config.name() + " is closed");
        }
        Segment segment = mapped.get(base);
        if (segment == null) {
            if (file == null || PackedSegmentDescriptor.isPacked(file)) {
                return null;
            }
            segment = SegmentMapper.map(config, file, base);
            mapped.put(base, segment);
        }
        segment.retain();
        return segment;
    }

    private synchronized boolean isFile(final long base, final Path file) {
        return file.equals(files.get(base));
    }

    /** Gives a segment back; unmaps it when nobody else has it. */
    @Override
    public void release(final Segment segment) {
        if (segment.isUnpacked()) {
            config.storage().unpacked().release(segment);
            return;
        }
        synchronized (this) {
            segment.release();
            if (segment.references() == 0) {
                mapped.remove(segment.basePosition(), segment);
                config.files().unmap(segment.mapping());
            }
        }
    }

    /** Whether the segment of a position is compressed: on disk, and sealed. */
    synchronized boolean isPacked(final long position) {
        final Path file = files.get(baseOf(position));
        return file != null && PackedSegmentDescriptor.isPacked(file);
    }

    /** File of a segment; null where there is none. */
    synchronized Path file(final long base) {
        return files.get(base);
    }

    /** Whether somebody is still in a segment before a position as it was before it was replaced. */
    synchronized boolean isOutdatedHeldBefore(final long position) {
        for (final Long base : mapped.headMap(position).keySet()) {
            if (isPacked(base)) {
                return true;
            }
        }
        return config.storage().unpacked().isOutdatedHeldBefore(config.directory(), position);
    }

    /** A copy in memory of what a file holds now, to be freed by the caller; null where there is no file. */
    Segment copyOf(final long base) throws IOException {
        final Path file = file(base);
        if (file == null) {
            return null;
        }
        if (PackedSegmentDescriptor.isPacked(file)) {
            try {
                return UnpackedSegments.unpack(config.files(), file, base, config.segmentLength(), bootId);
            } catch (final NoSuchFileException e) {
                if (isFile(base, file)) {
                    throw e;
                }
                return null; // truncated just now
            }
        }
        final Segment segment = acquire(base);
        if (segment == null) {
            return null;
        }
        try {
            final MappedByteBuffer copy = UnpackedSegments.allocate(segment.mapping().capacity());
            copy.duplicate().put(segment.mapping().duplicate().clear());
            return new Segment(file, copy);
        } finally {
            release(segment);
        }
    }

    /** Id of the segment at a base position; does not unpack it. */
    long idOf(final long base) {
        final Path file = file(base);
        if (file != null && PackedSegmentDescriptor.isPacked(file)) {
            try (PackedSegmentReader reader = new PackedSegmentReader(config.files(), file)) {
                return reader.segmentId();
            } catch (final IOException e) {
                throw new StorageException("cannot read compressed segment " + file + ": " + e.getMessage(), e);
            }
        }
        final Segment segment = acquire(base);
        try {
            return segment.id();
        } finally {
            release(segment);
        }
    }

    /**
     * Lets a finished file take the place of a segment. It counts, and the segment's own file goes, only when its name is
     * on the disk, in both copies: until then whoever forces finds the segment and forces that. Who is in the segment
     * stays in it. One caller at a time.
     *
     * @return whether it was done; the segment may have been truncated away meanwhile.
     */
    boolean replace(final long base, final Path building) throws IOException {
        final Path target = config.directory().resolve(PackedSegmentDescriptor.fileName(base));
        final Path before = file(base);
        if (before == null) {
            return false;
        }
        if (before.equals(target)) {
            return replaceAgain(base, target, building);
        }
        config.files().rename(building, target);
        config.files().forceDirectory(config.directory()); // without the lock: publishers may need a segment
        if (mirror != null) {
            mirror.replaced(base, target);
        }
        synchronized (this) {
            if (files.replace(base, target) == null) {
                config.files().delete(target);
                return false;
            }
            packed++;
            packedBytes += Files.size(target);
        }
        config.files().delete(before);
        return true;
    }

    /** The segment is compressed already, by a file that is on the disk: either of the two will do after a power cut. */
    private boolean replaceAgain(final long base, final Path target, final Path building) throws IOException {
        synchronized (this) {
            if (!files.containsKey(base)) {
                return false;
            }
            packedBytes -= Files.size(target);
            config.files().rename(building, target);
            packedBytes += Files.size(target);
            config.storage().unpacked().forget(target);
        }
        config.files().forceDirectory(config.directory());
        if (mirror != null) {
            mirror.replaced(base, target);
        }
        return true;
    }

    /**
     * Adds the next segment behind the last. The slow part runs without the lock; one caller at a time.
     *
     * @param betweenBlocks runs while the file is being written: where the caller may pause.
     * @return the new segment, mapped and retained for the caller.
     */
    Segment allocateNext(final Runnable betweenBlocks) {
        final long base = allocatedEnd();
        final SegmentMaker maker = new SegmentMaker(config, bootId, mirror);
        final Path spare;
        synchronized (this) {
            spare = maker.isBegun(base) ? null : spares.take();
        }
        final Path file = maker.make(base, spare, betweenBlocks);
        synchronized (this) {
            files.put(base, file);
            spares.made(base);
            return acquire(base);
        }
    }

    long bootId() {
        return bootId;
    }

    /** Keeps bytes that recovery cuts beside the segment, for whoever wants to look at them. */
    void keepTorn(final Segment segment, final int offset, final int length) {
        final byte[] cut = new byte[length];
        segment.buffer().getBytes(offset, cut);
        final Path torn = tornFile(segment.positionAt(offset));
        try {
            config.files().writeAtomically(torn, cut);
        } catch (final IOException e) {
            throw new StorageException("cannot keep the torn bytes in " + torn + ": " + e.getMessage(), e);
        }
    }

    /**
     * Notes durably where the log begins from now on, at the base of a segment that is there, and deletes every segment
     * before it. Readers inside one keep their mapping. The next start finishes what a stop leaves undone.
     */
    void truncate(final Entry mark) {
        try {
            forceHeader(mark.position()); // the note must not survive a power cut without the segment it speaks of
            config.files().forceDirectory(config.directory());
            StartMark.write(config.files(), config.directory(), mark);
        } catch (final IOException e) {
            throw new StorageException("cannot note the new beginning of log " + config.name() + " in "
                + config.directory() + ": " + e.getMessage() + "; nothing was truncated", e);
        }
        if (mirror != null) {
            mirror.truncated(mark);
        }
        synchronized (this) {
            startMark = mark;
            deleteBefore(mark.position());
        }
    }

    private void forceHeader(final long base) throws IOException {
        if (isPacked(base)) {
            return; // on the disk already
        }
        final Segment segment = acquire(base);
        try {
            config.files().force(segment.mapping(), 0, SegmentDescriptor.HEADER_LENGTH);
        } finally {
            release(segment);
        }
    }

    private synchronized void deleteBefore(final long position) {
        while (!files.isEmpty() && files.firstKey() + config.segmentLength() <= position) {
            final long base = files.firstKey();
            final Path file = files.get(base);
            try {
                final boolean isPacked = PackedSegmentDescriptor.isPacked(file);
                if (isPacked) {
                    packedBytes -= Files.size(file);
                    packed--;
                    config.storage().unpacked().forget(file);
                }
                if (isPacked || mapped.containsKey(base)) {
                    spares.forget(base);
                    config.files().delete(file); // who is in it keeps it
                } else {
                    spares.keepOrDelete(base, file);
                }
            } catch (final IOException e) {
                throw new StorageException("cannot delete segment " + file + ": " + e.getMessage(), e);
            }
            files.remove(base);
        }
    }

    /** Deletes the index files of segments from a position on, and those without a segment, for good. */
    synchronized void deleteIndexes(final long from) {
        boolean deleted = false;
        try {
            for (final Path file : config.files().list(config.directory())) {
                final String name = file.getFileName().toString();
                if (name.endsWith(IndexDescriptor.SUFFIX)) {
                    final long base = IndexDescriptor.baseOf(name);
                    if (base >= from || !files.containsKey(base)) {
                        config.files().delete(file);
                        deleted = true;
                    }
                }
            }
            if (deleted) {
                config.files().forceDirectory(config.directory());
            }
        } catch (final IOException e) {
            throw new StorageException(
                "cannot delete index files in " + config.directory() + ": " + e.getMessage(), e);
        }
    }

    /** Bytes of all segment files. */
    @Override
    public synchronized long diskBytes() {
        return (files.size() - packed) * ((long) SegmentDescriptor.HEADER_LENGTH + config.segmentLength())
            + packedBytes;
    }

    @Override
    public synchronized void close() {
        closed = true;
        deleteSpares();
        for (final Segment segment : mapped.values()) {
            // A late reader or publisher would crash the JVM: leave what is still in use to the garbage collector.
            if (segment.references() == 0) {
                config.files().unmap(segment.mapping());
            }
        }
        mapped.clear();
        if (mirror != null) {
            mirror.close();
        }
        config.storage().unpacked().forgetAll(config.directory());
    }

    private void deleteSpares() {
        try {
            spares.deleteAll();
        } catch (final IOException | FencedException e) {
            return; // the next start deletes them
        }
    }
}
