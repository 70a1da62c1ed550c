/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What {@link LogInspector} found in one partition.
 *
 * @param directory where its segments lie.
 * @param segments segment files, compressed ones too.
 * @param packedSegments those of them that are compressed.
 * @param fileBytes bytes of all its files.
 * @param startPosition first position that is kept.
 * @param endPosition end of the last frame that is intact.
 * @param startOffset number of the first record.
 * @param records intact records, and those that compaction took away.
 * @param compactedRecords those that compaction took away.
 * @param fragments intact frames of messages of several frames.
 * @param payloadBytes bytes of payload of the records.
 * @param controlFrames intact frames of the engine itself.
 * @param paddingFrames frames that hold nothing.
 * @param lowestTimestampNs of all records, ns since 1970; {@link Long#MAX_VALUE} if there are none.
 * @param highestTimestampNs of all records, ns since 1970; {@link Long#MIN_VALUE} if there are none.
 * @param highestTransactionId of all records; -1 if none has one.
 * @param ended whether the last frame says that the partition was ended.
 * @param openClaims gaps with frames behind them: publishers at work or, in a log that nobody has open, dead ones,
 *     whose gaps the next start fills.
 * @param tornFiles files that keep what recovery has cut.
 * @param producers who wrote the records, by producer id.
 * @param defects everything that is not as it was written, in the order of the log.
 */
public record InspectionReport(
    Path directory, int segments, int packedSegments, long fileBytes, long startPosition, long endPosition,
    long startOffset, long records, long compactedRecords, long fragments, long payloadBytes, long controlFrames,
    long paddingFrames, long lowestTimestampNs, long highestTimestampNs, long highestTransactionId, boolean ended,
    int openClaims, int tornFiles, Map<Long, Producer> producers, List<Defect> defects) {

    /**
     * A publisher's part.
     *
     * @param records its records.
     * @param highestSequence its own highest number.
     */
    public record Producer(long records, long highestSequence) {
    }

    /**
     * A damaged place.
     *
     * @param file the file.
     * @param fileOffset byte in the file.
     * @param position position in the partition.
     * @param problem what is wrong there.
     */
    public record Defect(Path file, long fileOffset, long position, String problem) {
    }
}
