/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.ads;

import org.agrona.BitUtil;

/**
 * What the stages of the topology hand to each other. Parsed event: time, ad, click. Result: kind, counts, ad.
 *
 * <pre>
 *  parsed:                                   result:
 *   0  Event time, ns (i64)                   0  Window start, ns; NO_WINDOW = all time (i64)
 *   8  Ad, see {@link AdKey} (i64)            8  Impressions (i64)
 *  16  Clicked: 1 or 0 (i64)                 16  Clicks (i64)
 *                                            24  Spend, micros (i64)
 *                                            32  Ad, see {@link AdKey} (i64)
 * </pre>
 */
final class AdRecordDescriptor {
    static final int PARSED_TIME_OFFSET = 0;
    static final int PARSED_AD_OFFSET = PARSED_TIME_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int PARSED_CLICK_OFFSET = PARSED_AD_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int PARSED_LENGTH = PARSED_CLICK_OFFSET + BitUtil.SIZE_OF_LONG;

    static final int RESULT_WINDOW_OFFSET = 0;
    static final int RESULT_IMPRESSIONS_OFFSET = RESULT_WINDOW_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int RESULT_CLICKS_OFFSET = RESULT_IMPRESSIONS_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int RESULT_SPEND_OFFSET = RESULT_CLICKS_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int RESULT_AD_OFFSET = RESULT_SPEND_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int RESULT_LENGTH = RESULT_AD_OFFSET + BitUtil.SIZE_OF_LONG;

    static final long NO_WINDOW = Long.MIN_VALUE;
    static final int RESULT_TEMPLATE_ID = 2;

    private AdRecordDescriptor() {
    }
}
