/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/**
 * The ad pipeline of Yahoo's streaming benchmark (2015): of ad events keep the views, join each with the campaign of its
 * ad, and count per campaign in windows of ten seconds.
 */
package dev.peregrine.apps.campaigns;
