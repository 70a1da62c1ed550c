/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.ads;

import org.agrona.BitUtil;

/**
 * What the stages of the topology hand to each other. Parsed event: time, click, ad. Result: kind, counts, ad.
 *
 * <pre>
 *  parsed:                                   result:
 *   0  Event time, ns (i64)                   0  Window start, ns; NO_WINDOW = all time (i64)
 *   8  Clicked: 1 or 0 (i32)                  8  Impressions (i64)
 *  12  Length of the ad's name (i32)         16  Clicks (i64)
 *  16  Name, ASCII ("men/17")                24  Spend, micros (i64)
 *                                            32  Length of the ad's name (i32)
 *                                            36  Name, ASCII
 * </pre>
 */
final class AdRecordDescriptor {
    static final int PARSED_TIME_OFFSET = 0;
    static final int PARSED_CLICK_OFFSET = PARSED_TIME_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int PARSED_NAME_LENGTH_OFFSET = PARSED_CLICK_OFFSET + BitUtil.SIZE_OF_INT;
    static final int PARSED_NAME_OFFSET = PARSED_NAME_LENGTH_OFFSET + BitUtil.SIZE_OF_INT;

    static final int RESULT_WINDOW_OFFSET = 0;
    static final int RESULT_IMPRESSIONS_OFFSET = RESULT_WINDOW_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int RESULT_CLICKS_OFFSET = RESULT_IMPRESSIONS_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int RESULT_SPEND_OFFSET = RESULT_CLICKS_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int RESULT_NAME_LENGTH_OFFSET = RESULT_SPEND_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int RESULT_NAME_OFFSET = RESULT_NAME_LENGTH_OFFSET + BitUtil.SIZE_OF_INT;

    /** Longest name: "women/" and ten digits. */
    static final int MAX_NAME_LENGTH = 16;
    static final long NO_WINDOW = Long.MIN_VALUE;
    static final int RESULT_TEMPLATE_ID = 2;

    private AdRecordDescriptor() {
    }
}
