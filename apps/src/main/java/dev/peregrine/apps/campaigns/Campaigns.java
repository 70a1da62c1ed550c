/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.campaigns;

/**
 * The campaigns and their ads, as published: 100 campaigns of ten ads each, unless told otherwise. An ad is a UUID; which
 * ones there are follows from a seed. Looked up in a table with open addressing, without allocation. Immutable.
 */
public final class Campaigns {
    /** Result of a look-up that found nothing. */
    public static final int NONE = -1;

    private final long seed;
    private final int campaigns;
    private final int adsPerCampaign;
    private final long[] highs;
    private final long[] lows;
    private final int[] campaignOf;
    private final int mask;

    /** So many campaigns with so many ads each. */
    public Campaigns(final long seed, final int campaigns, final int adsPerCampaign) {
        this.seed = seed;
        this.campaigns = campaigns;
        this.adsPerCampaign = adsPerCampaign;
        final int capacity = Integer.highestOneBit(Math.max(campaigns * adsPerCampaign, 1)) << 2;
        mask = capacity - 1;
        highs = new long[capacity];
        lows = new long[capacity];
        campaignOf = new int[capacity];
        java.util.Arrays.fill(campaignOf, NONE);
        for (int ad = 0; ad < ads(); ad++) {
            put(high(ad), low(ad), ad / adsPerCampaign);
        }
    }

    /** 100 campaigns with ten ads each. */
    public static Campaigns published() {
        return new Campaigns(42, 100, 10);
    }

    private void put(final long high, final long low, final int campaign) {
        int at = (int) (high ^ low) & mask;
        while (campaignOf[at] != NONE) {
            at = at + 1 & mask;
        }
        highs[at] = high;
        lows[at] = low;
        campaignOf[at] = campaign;
    }

    /** Number of campaigns. */
    public int campaigns() {
        return campaigns;
    }

    /** Number of ads. */
    public int ads() {
        return campaigns * adsPerCampaign;
    }

    /** Upper half of an ad's UUID. */
    long high(final int ad) {
        return Mix.of(seed, 2L * ad);
    }

    /** Lower half. */
    long low(final int ad) {
        return Mix.of(seed, 2L * ad + 1);
    }

    /** The campaign of an ad, or {@link #NONE}. */
    int campaignOf(final long high, final long low) {
        int at = (int) (high ^ low) & mask;
        while (campaignOf[at] != NONE) {
            if (highs[at] == high && lows[at] == low) {
                return campaignOf[at];
            }
            at = at + 1 & mask;
        }
        return NONE;
    }
}
