/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.ads;

/**
 * One row of the data set.
 *
 * @param eventTimeNs when the ad was shown, nanoseconds since 1970.
 * @param women whether it was shown to women; to men otherwise.
 * @param randomPolicy whether the ad was chosen by chance.
 * @param itemId the ad within its audience.
 * @param position place on the page.
 * @param click whether it was clicked.
 * @param propensity probability with which it was chosen.
 * @param features first 64 bits of each hashed user feature.
 */
record AdRow(
    long eventTimeNs, boolean women, boolean randomPolicy, long itemId, int position, boolean click,
    double propensity, long[] features) {
}
