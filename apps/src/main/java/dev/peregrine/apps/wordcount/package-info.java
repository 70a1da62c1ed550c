/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** The word count: lines to words, words to counts in a table. */
package dev.peregrine.apps.wordcount;
