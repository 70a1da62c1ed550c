/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** The ads job: counts impressions, clicks and spend per ad, in all and per day. */
package dev.peregrine.apps.ads;
